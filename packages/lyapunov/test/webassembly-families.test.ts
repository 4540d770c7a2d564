import { describe, expect, it } from 'vitest';
import {
  type DynamicalDescription,
  gruSystem,
  type LyapunovSystem,
  lstmSystem,
  lyapunovSpectrum,
  lyapunovStepper,
  rnnSystem,
  type SpectrumOptions,
} from '../src/index.js';
import { dynamicalByHand } from './dynamical-by-hand.js';
import { expectClose } from './expectations.js';
import { normalMatrix, normals } from './random.js';

/** Both paths on the same run. */
function both(system: LyapunovSystem, options: SpectrumOptions) {
  return {
    plain: lyapunovSpectrum(system, { ...options, propagation: 'methods' }),
    fast: lyapunovSpectrum(system, { ...options, propagation: 'webassembly' }),
    single: lyapunovSpectrum(system, { ...options, propagation: 'webassembly', precision: 'float32' }),
  };
}

/** Sizes below, at and above those of panels, and not multiples of them. */
const sizes = [1, 3, 4, 7, 8, 17, 40];

describe.each(sizes)('%i units: WebAssembly gives what the methods give', (n) => {
  const normal = normals(100 + n);
  const scale = 1.2 / Math.sqrt(n);
  const weights = (gates: number) => ({
    kernel: normalMatrix(2, gates * n, 0.7, normal),
    recurrentKernel: normalMatrix(n, gates * n, scale, normal),
    bias: normalMatrix(1, gates * n, 0.3, normal)[0]!,
  });
  const A = normalMatrix(n, n, 0.4 * scale, normal);
  // No gate closes: below a direction that is lost in some steps the others follow rounding.
  const hard = { recurrentActivation: 'hardSigmoid', kernel: normalMatrix(2, 4 * n, 0.2, normal) } as const;
  const inputs = Array.from({ length: 3 }, () => normalMatrix(30, 2, 1, normal));

  it.each<[string, LyapunovSystem]>([
    ['tanh RNN', rnnSystem(weights(1))],
    ['sigmoid RNN', rnnSystem({ ...weights(1), activation: 'sigmoid' })],
    ['antisymmetric RNN', rnnSystem({ ...weights(1), carry: 1, epsilon: 0.1 })],
    ['Lipschitz RNN', rnnSystem({ ...weights(1), A, carry: 1, epsilon: 0.1 })],
    ['LSTM', lstmSystem(weights(4))],
    ['LSTM with hard gates', lstmSystem({ ...weights(4), ...hard })],
    ['LSTM, hidden only', lstmSystem({ ...weights(4), hiddenOnly: true })],
    ['GRU', gruSystem(weights(3))],
    ['GRU with relu', gruSystem({ ...weights(3), activation: 'relu' })],
  ])('%s: to 1e-11; in float32 to 1e-5 where the exponent is above -3', (_, system) => {
    for (const exponents of [undefined, Math.min(n, 3)]) {
      const { plain, fast, single } = both(system, { inputs, warmup: 5, exponents });
      expectClose(fast.exponents, plain.exponents, 1e-11);
      expectClose(fast.standardError, plain.standardError, 1e-11);
      expectClose(fast.history.flat(), plain.history.flat(), 1e-11);
      expect(fast.resolved).toEqual(plain.resolved);
      const top = plain.exponents.filter((value) => value > -3).length;
      expectClose(single.exponents.slice(0, top), plain.exponents.slice(0, top), 1e-5);
    }
  });

  it('a QR every 4 steps, the last stretch of 2 and a warm-up without QR: to 1e-9 for the leading two', () => {
    const options = { inputs, warmup: 4, qrInterval: 4, warmupQR: false, exponents: Math.min(2, n) };
    const { plain, fast } = both(lstmSystem(weights(4)), options);
    expectClose(fast.exponents, plain.exponents, 1e-9);
  });
});

describe('the dynamical family, against its formula with differences for the Jacobian, to 1e-7 (float32 1e-5)', () => {
  const n = 11;
  const normal = normals(7);
  const flat = (rows: number, columns: number, scale: number) =>
    Float64Array.from(normalMatrix(rows, columns, scale, normal).flat());
  const base = (): DynamicalDescription<Float64Array, Float64Array> => ({
    family: 'dynamical',
    units: n,
    inputDim: 3,
    W: flat(n, n, 0.35),
    kernel: flat(n, 3, 0.5),
    bias: flat(1, n, 0.3),
    activation: 'tanh',
    carry: 1,
    epsilon: 0.3,
  });
  const midpoint = { a: [[], [0.5]], b: [0, 1] };
  const rk4 = { a: [[], [0.5], [0, 0.5], [0, 0, 1]], b: [1 / 6, 1 / 3, 1 / 3, 1 / 6] };
  const gate = { kernel: flat(n, 3, 0.5), bias: flat(1, n, 0.5) };
  const A = flat(n, n, 0.3);
  const vectors = [normalMatrix(40, 3, 1, normal), normalMatrix(40, 3, 1, normal)];
  const tokens = [0, 1].map(() => Array.from({ length: 40 }, () => [Math.floor(Math.abs(3 * normal())) % 3]));

  it.each<[string, Partial<DynamicalDescription<Float64Array, Float64Array>>]>([
    ['gated', { gate }],
    ['gated with a linear part', { gate, A }],
    ['gated without a bias', { gate: { kernel: gate.kernel }, bias: undefined }],
    ['midpoint', { scheme: midpoint }],
    ['midpoint, gated, with a linear part', { scheme: midpoint, gate, A }],
    ['RK4', { scheme: rk4, A }],
    ['RK4 without carry', { scheme: rk4, carry: 0 }],
    ['modReLU', { activation: 'modrelu', bias: flat(1, n, 0.02), carry: 0, epsilon: 1 }],
    ['modReLU without a threshold', { activation: 'modrelu', bias: undefined }],
    ['hardSigmoid', { activation: 'hardSigmoid' }],
    ['tokens', { tokens: true }],
    ['tokens, gated', { tokens: true, gate }],
  ])('%s', (_, changes) => {
    const network = { ...base(), ...changes };
    const system = dynamicalByHand(network);
    const { plain, fast, single } = both(system, {
      inputs: network.tokens ? tokens : vectors,
      initialState: normalMatrix(1, n, 0.5, normals(5))[0],
      warmup: 5,
      exponents: 6,
    });
    expectClose(fast.exponents, plain.exponents, 1e-7);
    expectClose(single.exponents, plain.exponents, 1e-5);
  });
});

describe('what the system can do without, in WebAssembly', () => {
  const normal = normals(17);
  const n = 20;
  const linear = (W: number[][]) =>
    rnnSystem({ W, kernel: normalMatrix(1, W.length, 1, normal), activation: 'linear' });
  const inputs = normalMatrix(60, 1, 1, normal);

  it.each(['float64', 'float32'] as const)(
    'rank-deficient tangents, %s: -Infinity as often as the rank lacks, and the others as without WebAssembly (to 1e-9, float32 1e-6)',
    (precision) => {
      for (const rank of [1, 3, 8, 11, 19]) {
        const left = normalMatrix(n, rank, 0.4, normal);
        const right = normalMatrix(rank, n, 0.4, normal);
        const W = left.map((row) =>
          right[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * right[k]![j]!, 0)),
        );
        const { exponents } = lyapunovSpectrum(linear(W), { inputs, precision });
        expect(exponents.filter((value) => value === Number.NEGATIVE_INFINITY)).toHaveLength(n - rank);
        const exact = lyapunovSpectrum(linear(W), { inputs, propagation: 'methods' }).exponents;
        const top = exact.filter((value) => value > (precision === 'float64' ? -30 : -3)).length;
        expectClose(exponents.slice(0, top), exact.slice(0, top), precision === 'float64' ? 1e-9 : 1e-6);
      }
    },
  );

  it.each(['float64', 'float32'] as const)(
    'units that are off lose exactly their directions, %s',
    (precision) => {
      const W = normalMatrix(n, n, 0.05, normal);
      const kernel = [W.map((_, i) => (i < 6 ? -1e3 : 1e3))];
      const system = rnnSystem({ W, kernel, activation: 'relu' });
      const steps = new Array(20).fill([1]);
      const { exponents, standardError } = lyapunovSpectrum(system, { inputs: steps, warmup: 2, precision });
      expect(exponents.slice(14)).toEqual(new Array(6).fill(Number.NEGATIVE_INFINITY));
      expect(standardError.slice(14)).toEqual(new Array(6).fill(0));
      expect(exponents.slice(0, 14).every(Number.isFinite)).toBe(true);
    },
  );

  it.each(['float64', 'float32'] as const)(
    'the sum is the mean of log |det J| for a chaotic network of 96, %s',
    (precision) => {
      const W = normalMatrix(96, 96, 1.5 / Math.sqrt(96), normal);
      const system = rnnSystem({ W, kernel: normalMatrix(1, 96, 0.3, normal) });
      const { exponents } = lyapunovSpectrum(system, { inputs, warmup: 10, precision });
      // log |det J| = log |det W| + Σ log tanh', the first from the linear map, whose exponents sum to it in every step.
      const states = lyapunovStepper(system, { exponents: 1 });
      let slopes = 0;
      for (const [t, x] of inputs.entries()) {
        states.push(x);
        if (t < 10) continue;
        for (const h of states.currentStates()[0]!) slopes += Math.log1p(-h * h) / 50;
      }
      const logDet = lyapunovSpectrum(linear(W), { inputs: [[0]], propagation: 'methods' });
      const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
      const bound = precision === 'float64' ? 1e-9 : 2e-3;
      expect(Math.abs(sum(exponents) - sum(logDet.exponents) - slopes)).toBeLessThan(bound);
    },
  );

  it('growth beyond the range of float32 between factorisations is carried: 1e12 a step for 8 steps, to 1e-6', () => {
    const { exponents } = lyapunovSpectrum(
      linear([
        [1e12, 0],
        [0, 1e-12],
      ]),
      {
        inputs: new Array(16).fill([0]),
        qrInterval: 8,
        precision: 'float32',
      },
    );
    expectClose(exponents, [12 * Math.LN10, -12 * Math.LN10], 1e-6);
  });

  it('a stepper starts anew after reset with the same numbers, and in between gives its states, to 1e-12', () => {
    const system = lstmSystem({
      kernel: normalMatrix(1, 4 * n, 1, normal),
      recurrentKernel: normalMatrix(n, 4 * n, 0.3, normal),
    });
    const stepper = lyapunovStepper(system, { batch: 2 });
    const run = () => {
      for (const x of inputs) stepper.push([x, [-x[0]!]]);
      return { estimate: stepper.estimate(), states: stepper.currentStates() };
    };
    const first = run();
    let state: number[] = new Array(2 * n).fill(0);
    for (const x of inputs) state = Array.from(system.step(state, x));
    expectClose(first.states[0]!, state, 1e-12);
    stepper.reset();
    expect(run()).toEqual(first);
  });
});
