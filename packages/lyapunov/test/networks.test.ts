import { describe, expect, it } from 'vitest';
import { gruSystem, lstmSystem, lyapunovSpectrum, type NetworkSystem, rnnSystem } from '../src/index.js';
import { expectClose } from './expectations.js';
import resetAfter from './fixtures/gru-reset-after.json';
import { normalMatrix, normals } from './random.js';

const n = 5;
const normal = normals(21);
const weights = (gates: number) => ({
  kernel: normalMatrix(2, gates * n, 0.7, normal),
  recurrentKernel: normalMatrix(n, gates * n, 0.6, normal),
  bias: normalMatrix(1, gates * n, 0.3, normal)[0]!,
});
const state = normalMatrix(1, 2 * n, 0.4, normal)[0]!;
const input = [0.4, -0.8];

/** Central differences of `step`, column by column, in the first `m` components. */
type Stepped = Pick<NetworkSystem, 'dimension' | 'step' | 'jacobian'>;

function differences(system: Stepped, at: number[], m: number): number[][] {
  const delta = 1e-5;
  const J = Array.from({ length: m }, () => new Array<number>(m).fill(0));
  for (let j = 0; j < m; j++) {
    const shifted = (sign: number) =>
      system.step(
        at.map((v, i) => (i === j ? v + sign * delta : v)),
        input,
      );
    const [up, down] = [shifted(1), shifted(-1)];
    for (let i = 0; i < m; i++) J[i]![j] = (up[i]! - down[i]!) / (2 * delta);
  }
  return J;
}

describe('analytic Jacobians against central differences, to 1e-9', () => {
  const A = normalMatrix(n, n, 0.5, normal);
  const gated = { activation: 'tanh', recurrentActivation: 'hardSigmoid' } as const;
  it.each<[string, Stepped, number]>([
    ['tanh RNN', rnnSystem(weights(1)), n],
    ['sigmoid RNN', rnnSystem({ ...weights(1), activation: 'sigmoid' }), n],
    ['relu RNN', rnnSystem({ ...weights(1), activation: 'relu' }), n],
    ['residual RNN', rnnSystem({ ...weights(1), carry: 1, epsilon: 0.1 }), n],
    ['Lipschitz RNN', rnnSystem({ ...weights(1), A, carry: 1, epsilon: 0.1 }), n],
    ['LSTM', lstmSystem(weights(4)), 2 * n],
    ['LSTM with hard gates', lstmSystem({ ...weights(4), ...gated }), 2 * n],
    ['LSTM, hidden only', lstmSystem({ ...weights(4), hiddenOnly: true }), n],
    ['GRU', gruSystem(weights(3)), n],
    ['GRU with hard gates', gruSystem({ ...weights(3), ...gated }), n],
    [
      'GRU, reset after',
      gruSystem({ ...weights(3), resetAfter: true, bias: normalMatrix(2, 3 * n, 0.3, normal) }),
      n,
    ],
    [
      'GRU, reset after, hard gates, no bias',
      gruSystem({ ...weights(3), ...gated, resetAfter: true, bias: undefined }),
      n,
    ],
  ])('%s', (_, system, m) => {
    const at = state.slice(0, system.dimension);
    const J = system.jacobian(at, input);
    expectClose(J.flat(), differences(system, at, m).flat(), 1e-9);
  });
});

it.each(resetAfter.lyapunov.map((c) => [c.options.units, c] as const))(
  'GRU of %i units, reset after: exponents and last state of the reference implementation, to 1e-10',
  (_, { params, x, warmup, exponents, finalState }) => {
    const system = gruSystem({ ...params, resetAfter: true });
    expectClose(lyapunovSpectrum(system, { inputs: x, warmup }).exponents, exponents, 1e-10);
    const last = x.reduce(
      (h: ArrayLike<number>, row) => system.step(h, row),
      new Float64Array(system.dimension),
    );
    expectClose(last, finalState, 1e-12);
  },
);

it('refuses a bias of one row, and a flag in words', () => {
  const { kernel, recurrentKernel, bias } = weights(3);
  const wrong = { kernel, recurrentKernel, bias: [bias], resetAfter: true } as const;
  expect(() => gruSystem(wrong)).toThrow(/bias \[2, 3 \* units\], got \[1, 15\]/);
  expect(() => gruSystem({ ...wrong, resetAfter: 'yes' as never })).toThrow(/resetAfter/);
});

it('W and the recurrent kernel of tf.layers are transposes of each other', () => {
  const { recurrentKernel, kernel } = weights(1);
  const W = recurrentKernel[0]!.map((_, i) => recurrentKernel.map((row) => row[i]!));
  const h = state.slice(0, n);
  expect(rnnSystem({ W, kernel }).step(h, input)).toEqual(
    rnnSystem({ recurrentKernel, kernel }).step(h, input),
  );
});

it('a saturated tanh unit keeps its exponent: log(4 e^-2z) = -98.6137 at z = 50, to 1e-12', () => {
  const system = rnnSystem({ W: [[1]], kernel: [[1]] });
  const inputs = new Array(10).fill([49]);
  const { exponents } = lyapunovSpectrum(system, { inputs, initialState: [1], steps: 9, warmup: 1 });
  expectClose(exponents, [Math.log(4) - 100], 1e-12);
});
