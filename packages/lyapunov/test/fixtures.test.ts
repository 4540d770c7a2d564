import { describe, expect, it } from 'vitest';
import { gruSystem, type LyapunovSystem, lstmSystem, lyapunovSpectrum, rnnSystem } from '../src/index.js';
import { descending, expectClose } from './expectations.js';
import fixtures from './fixtures/lyapunov.json' with { type: 'json' };
import { multiply } from './random.js';

type Case = {
  system: string;
  gain?: number;
  W: number[][];
  A: number[][];
  kernel: number[][];
  recurrentKernel: number[][];
  bias: number[];
  epsilon: number;
  x: number[][];
  h0: number[];
  warmup: number;
  exponents: number[];
  exact: number[];
};
const cases = fixtures.cases as unknown as Case[];
const named = (name: string) => cases.filter(({ system }) => system === name);

/** The weights of a case, without what it is compared with. */
const weightsOf = ({ W, A, kernel, bias, epsilon }: Case) => ({ W, A, kernel, bias, epsilon });
const gatedWeightsOf = ({ recurrentKernel, kernel, bias }: Case) => ({ recurrentKernel, kernel, bias });

/** The system as a user would write it: plain arrays, nothing of ours. */
function handWritten({ W, A, kernel, bias, epsilon }: Case): LyapunovSystem {
  const drive = (h: number[], x: number[]) =>
    multiply(W, h).map((value, i) => value + kernel[0]![i]! * x[0]! + bias[i]!);
  const slopes = (h: number[], x: number[]) => drive(h, x).map((z) => 1 - Math.tanh(z) ** 2);
  if (!A) {
    return {
      step: (h, x) => drive(h, x).map(Math.tanh),
      jacobian: (h, x) => slopes(h, x).map((slope, i) => W[i]!.map((w) => slope * w)),
    };
  }
  return {
    step: (h, x) => {
      const linear = multiply(A, h);
      return drive(h, x).map((z, i) => h[i]! + epsilon * (linear[i]! + Math.tanh(z)));
    },
    jacobian: (h, x) =>
      slopes(h, x).map((slope, i) =>
        W[i]!.map((w, j) => (i === j ? 1 : 0) + epsilon * (A[i]![j]! + slope * w)),
      ),
  };
}

describe('spectra of an independent implementation', () => {
  it.each([...named('VanillaRNN tanh'), ...named('LipschitzRNN euler')])(
    '$system, gain $gain, to 2e-8 (plain arrays)',
    (item) => {
      const { x, h0, warmup } = item;
      const result = lyapunovSpectrum(handWritten(item), { inputs: x, initialState: h0, warmup });
      expectClose(result.exponents, descending(item.exponents), 2e-8);
      expect(result.steps).toBe(350);
      expect(result.history.at(-1)).toEqual(result.exponents);
    },
  );

  it('linear map with a complex pair, to 1e-5 after 2000 steps', () => {
    const { W, exact } = named('linear')[0]!;
    const system: LyapunovSystem = { dimension: 5, step: (h) => multiply(W, h), jacobian: () => W };
    expectClose(lyapunovSpectrum(system, { steps: 2000, warmup: 200 }).exponents, exact, 1e-5);
  });
});

describe.each(['webassembly', 'methods'] as const)('the same from weights, %s', (propagation) => {
  it.each([...named('VanillaRNN tanh'), ...named('LipschitzRNN euler')])(
    '$system, gain $gain, to 2e-8; in float32 to 2e-5',
    (item) => {
      const system = rnnSystem({ ...weightsOf(item), carry: item.A ? 1 : 0 });
      const options = { inputs: item.x, warmup: item.warmup, propagation };
      const wanted = descending(item.exponents);
      expectClose(lyapunovSpectrum(system, options).exponents, wanted, 2e-8);
      if (propagation === 'methods') return;
      expectClose(lyapunovSpectrum(system, { ...options, precision: 'float32' }).exponents, wanted, 2e-5);
    },
  );

  it('LSTM, full state: all 12 exponents followed, the 6 leading to 1e-8', () => {
    const item = named('LSTM full state (h,c)')[0]!;
    const options = { inputs: item.x, warmup: item.warmup, propagation };
    const { exponents } = lyapunovSpectrum(lstmSystem(gatedWeightsOf(item)), options);
    expectClose(exponents.slice(0, 6), item.exponents, 1e-8);
  });

  it('LSTM, full state: only the 6 leading followed, to 2e-5 (their frame starts nudged)', () => {
    const item = named('LSTM full state (h,c)')[0]!;
    const options = { inputs: item.x, warmup: item.warmup, exponents: 6, propagation };
    expectClose(lyapunovSpectrum(lstmSystem(gatedWeightsOf(item)), options).exponents, item.exponents, 2e-5);
  });

  it('LSTM, hidden state with the cell held, to 1e-7', () => {
    const item = named('LSTM hidden only')[0]!;
    const system = lstmSystem({ ...gatedWeightsOf(item), hiddenOnly: true });
    const options = { inputs: item.x, warmup: item.warmup, propagation };
    expectClose(lyapunovSpectrum(system, options).exponents, item.exponents, 1e-7);
  });

  it('GRU, to 1e-8', () => {
    const item = named('GRU')[0]!;
    const options = { inputs: item.x, warmup: item.warmup, propagation };
    expectClose(lyapunovSpectrum(gruSystem(gatedWeightsOf(item)), options).exponents, item.exponents, 1e-8);
  });
});
