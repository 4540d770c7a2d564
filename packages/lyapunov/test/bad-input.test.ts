import { describe, expect, it } from 'vitest';
import {
  AdaptiveStepError,
  covariantLyapunovVectors,
  ExplodingTrajectoryError,
  finiteTimeExponents,
  gruSystem,
  henon,
  LyapunovError,
  type LyapunovSystem,
  lorenz,
  lstmSystem,
  lyapunovSpectrum,
  lyapunovStepper,
  rnnSystem,
  untilStandardError,
} from '../src/index.js';

const system: LyapunovSystem = {
  dimension: 2,
  step: (h) => h,
  jacobian: () => [
    [1, 0],
    [0, 1],
  ],
};
const run =
  (options: object, of: unknown = system) =>
  () =>
    lyapunovSpectrum(of as LyapunovSystem, options);
const inputs = [[1], [2], [3]];

describe('lyapunovSpectrum refuses, with a LyapunovError that says what to do,', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['no system', run({ steps: 1 }, null), /a system with step or field.*got null/],
    ['an object that is not one', run({ steps: 1 }, { units: 3 }), /methods \[\]/],
    ['a map without a derivative', run({ steps: 1 }, { dimension: 1, step: () => [0] }), /methods \[step\]/],
    [
      'an unknown dimension',
      run({ steps: 1 }, { ...system, dimension: undefined }),
      /dimension of the state/,
    ],
    ['a dimension of 0', run({ steps: 1 }, { ...system, dimension: 0 }), /dimension as an integer/],
    ['an initial state of another length', run({ steps: 1, initialState: [1, 2, 3] }), /initialState with 2/],
    [
      'an initial state with NaN',
      run({ steps: 1, initialState: [Number.NaN, 0] }),
      /finite numbers in initialState/,
    ],
    [
      'an initial state that is no vector',
      run({ steps: 1, initialState: 'zero' }),
      /initialState to be a vector/,
    ],
    ['no steps and no inputs', run({}), /steps, since there are no inputs/],
    ['0 steps', run({ steps: 0 }), /steps as an integer of at least 1/],
    ['inputs as long as the warm-up', run({ inputs, warmup: 3 }), /longer than the warm-up of 3/],
    ['inputs shorter than the warm-up', run({ inputs, warmup: 9 }), /longer than the warm-up of 9/],
    ['more steps than inputs', run({ inputs, warmup: 1, steps: 3 }), /at most 2 steps/],
    ['a negative warm-up', run({ inputs, warmup: -1 }), /warmup as an integer/],
    ['a warm-up of NaN', run({ inputs, warmup: Number.NaN }), /warmup as an integer/],
    ['more exponents than dimensions', run({ steps: 1, exponents: 3 }), /at most 2 exponents/],
    ['0 exponents', run({ steps: 1, exponents: 0 }), /exponents as an integer/],
    ['a QR interval of 0', run({ steps: 1, qrInterval: 0 }), /qrInterval as an integer/],
    ['a QR interval of 1.5', run({ steps: 1, qrInterval: 1.5 }), /qrInterval as an integer/],
    ['base 1', run({ steps: 1, base: 1 }), /base as a finite number above 1/],
    ['inputs without a vector axis', run({ inputs: [1, 2, 3] }), /wrap scalars/],
    ['no inputs at all in the sequence', run({ inputs: [] }), /sequence of input vectors/],
    ['input vectors of different length', run({ inputs: [[1], [2, 3]] }), /input vectors of 1 numbers/],
    ['sequences of different length', run({ inputs: [[[1], [2]], [[1]]] }), /2 time steps/],
    ['inputs with Infinity', run({ inputs: [[1], [Number.POSITIVE_INFINITY]] }), /finite numbers in inputs/],
    [
      'batches that do not fit',
      run({
        inputs: [inputs, inputs],
        initialState: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      }),
      /one for each of the 2/,
    ],
    [
      'a Jacobian of another shape',
      run({ steps: 1 }, { ...system, jacobian: () => [[1]] }),
      /2 x 2 matrix, got array \[1\]\[1\]/,
    ],
    [
      'a step of another length',
      run({ steps: 1 }, { ...system, step: () => [1] }),
      /step to return 2 numbers/,
    ],
    ['a step that returns nothing', run({ steps: 1 }, { ...system, step: () => undefined }), /got undefined/],
    [
      'a product of another shape',
      run({ steps: 1 }, { dimension: 2, step: (h: number[]) => h, jvp: () => [[1, 2]] }),
      /jvp to return 2 vectors of 2/,
    ],
    ['dt for a map', run({ steps: 1, dt: 0.1 }), /only with a flow/],
    ['a flow without dt', run({ steps: 1 }, lorenz()), /dt, the step length/],
    ['a flow with dt 0', run({ steps: 1, dt: 0 }, lorenz()), /dt as a finite number above 0/],
    [
      'an implicit scheme',
      run({ steps: 1, dt: 0.1, scheme: { a: [[0.5]], b: [1], c: [0.5] } }, lorenz()),
      /explicit Runge–Kutta.*implicit/,
    ],
    [
      'an inconsistent scheme',
      run({ steps: 1, dt: 0.1, scheme: { a: [[]], b: [0.9], c: [0] } }, lorenz()),
      /sum to 0.9/,
    ],
    [
      'a field of another length',
      run({ steps: 1, dt: 0.1 }, { ...lorenz(), field: () => [1] }),
      /field to return 3/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(LyapunovError);
    expect(call).toThrow(message);
  });
});

it.each(['adaptive', 'rtol', 'atol', 'tolerance'])('a flow with %s is refused with the reason', (option) => {
  const call = run({ dt: 0.01, steps: 10, [option]: 1e-6 }, lorenz());
  expect(call).toThrow(AdaptiveStepError);
  expect(call).toThrow(/exponents would belong to no map/);
});

describe('what stops being finite is reported with its step and trajectory', () => {
  it('a state', () => {
    const call = () =>
      lyapunovSpectrum(henon(), {
        steps: 100,
        warmup: 2,
        initialState: [
          [0.1, 0.1],
          [5, 5],
        ],
      });
    expect(call).toThrow(ExplodingTrajectoryError);
    let x = 5;
    let y = 5;
    let steps = 0;
    while (Number.isFinite(x) && Number.isFinite(y)) {
      [x, y] = [1 - 1.4 * x * x + y, 0.3 * x];
      steps++;
    }
    try {
      call();
    } catch (error) {
      expect(error).toMatchObject({ quantity: 'state', step: steps, trajectory: 1 });
    }
  });

  it.each([1, 4])('a tangent, with a QR every %i steps', (qrInterval) => {
    let calls = 0;
    const call = () =>
      lyapunovSpectrum(
        { dimension: 1, step: (h) => h, jacobian: () => [[++calls === 3 ? Number.NaN : 1]] },
        { steps: 10, qrInterval },
      );
    expect(call).toThrow(expect.objectContaining({ quantity: 'tangent', step: 3, trajectory: 0 }));
  });
});

describe('the other functions refuse as well', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['an estimate before any step', () => lyapunovStepper(system).estimate(), /at least one counted step/],
    ['pushing too many inputs', () => lyapunovStepper(system).push([[1], [2]]), /one input vector/],
    ['pushing NaN', () => lyapunovStepper(system).push([Number.NaN]), /finite/],
    [
      'resetting to another length',
      () => lyapunovStepper(system).reset([1]),
      /initialState of length 2, got length 1/,
    ],
    ['a window of 0', () => finiteTimeExponents(system, { window: 0, windows: 3 }), /window as an integer/],
    [
      'windows beyond the inputs',
      () => finiteTimeExponents(system, { inputs, window: 2, windows: 2 }),
      /at most 3/,
    ],
    ['no tolerance', () => untilStandardError(system, {}), /standardError, the tolerance/],
    ['a negative tolerance', () => untilStandardError(system, { standardError: -1 }), /above 0/],
    [
      'covariant vectors of a batch',
      () =>
        covariantLyapunovVectors(system, {
          steps: 3,
          initialState: [
            [1, 2],
            [3, 4],
          ],
        }),
      /one trajectory/,
    ],
    [
      'covariant vectors with few inputs',
      () => covariantLyapunovVectors(system, { steps: 3, inputs }),
      /203 input vectors/,
    ],
    [
      'covariant vectors of a lost direction',
      () =>
        covariantLyapunovVectors(
          {
            ...system,
            jacobian: () => [
              [1, 0],
              [0, 0],
            ],
          },
          { steps: 3 },
        ),
      /direction 1 lost at step 1/,
    ],
    ['an RNN without W', () => rnnSystem({ kernel: [[1]] }), /one of W and recurrentKernel, got neither/],
    [
      'an RNN whose kernel does not fit',
      () => rnnSystem({ kernel: [[1, 2]], W: [[1]] }),
      /W \[2, 2\] with a kernel of 2 columns/,
    ],
    ['an RNN with NaN', () => rnnSystem({ kernel: [[1]], W: [[Number.NaN]] }), /finite numbers in W/],
    [
      'an RNN with an unknown activation',
      () => rnnSystem({ kernel: [[1]], W: [[1]], activation: 'elu' as 'tanh' }),
      /an activation of/,
    ],
    ['an RNN with half a carry', () => rnnSystem({ kernel: [[1]], W: [[1]], carry: 0.5 }), /carry 0 or 1/],
    [
      'an LSTM with the weights of a GRU',
      () => lstmSystem({ kernel: [[1, 2, 3]], recurrentKernel: [[1, 2, 3]] }),
      /4 \* units/,
    ],
    [
      'a GRU with the weights of an LSTM',
      () => gruSystem({ kernel: [[1, 2, 3, 4]], recurrentKernel: [[1, 2, 3, 4]] }),
      /3 \* units/,
    ],
    [
      'a network with inputs of another length',
      () => lyapunovSpectrum(rnnSystem({ kernel: [[1]], W: [[1]] }), { inputs: [[1, 2]] }),
      /input vectors of 1 numbers/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(LyapunovError);
    expect(call).toThrow(message);
  });
});
