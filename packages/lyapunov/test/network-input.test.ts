import { describe, expect, it } from 'vitest';
import {
  type DynamicalDescription,
  ExplodingTrajectoryError,
  henon,
  LyapunovError,
  type LyapunovSystem,
  lstmSystem,
  lyapunovSpectrum,
  type NetworkDescription,
  rnnSystem,
} from '../src/index.js';
import { dynamicalByHand } from './dynamical-by-hand.js';

const network: DynamicalDescription<Float64Array, Float64Array> = {
  family: 'dynamical',
  units: 2,
  inputDim: 1,
  W: Float64Array.of(0.5, 0.2, -0.3, 0.4),
  kernel: Float64Array.of(1, 0.5),
  activation: 'tanh',
  carry: 0,
  epsilon: 1,
};
const lstm = lstmSystem({ kernel: [[1, 1, 1, 1]], recurrentKernel: [[1, 1, 1, 1]] });
const inputs = [[1], [2], [3]];
const run =
  (system: LyapunovSystem, options: object = {}) =>
  () =>
    lyapunovSpectrum(system, { inputs, ...options });
const described = (changes: object) =>
  run({ ...dynamicalByHand(network), network: { ...network, ...changes } });

describe('a network that does not fit is refused by the part that does not', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['family', described({ family: 'rwkv' }), /a family of dynamical, lstm, gru, got rwkv/],
    ['a family that every object has', described({ family: 'toString' }), /a family of dynamical, lstm, gru/],
    ['units', described({ units: 2.5 }), /units as an integer/],
    ['inputDim', described({ inputDim: 0 }), /inputDim as an integer/],
    ['units of another system', described({ units: 3 }), /2 numbers in its state, as its system, got 3/],
    [
      'W',
      described({ W: new Float64Array(3) }),
      /W of shape \[2, 2\], rows one after the other, got 3 numbers/,
    ],
    ['W as numbers', described({ W: [0.5, 0.2, -0.3, 0.4] }), /network.W to have entries/],
    ['W of other rows', described({ W: [[1, 2]] }), /W of shape \[2, 2\], got \[1, 2\]/],
    [
      'W with NaN',
      described({ W: Float64Array.of(0, 0, Number.NaN, 0) }),
      /finite numbers in W, got NaN at position 2/,
    ],
    ['kernel', described({ kernel: new Float64Array(1) }), /kernel of shape \[2, 1\]/],
    ['bias', described({ bias: new Float64Array(1) }), /bias of length 2/],
    ['A', described({ A: new Float64Array(2) }), /A of shape \[2, 2\]/],
    ['gate', described({ gate: { kernel: new Float64Array(3) } }), /gate.kernel of shape \[2, 1\]/],
    ['activation', described({ activation: 'elu' }), /an activation of tanh/],
    ['carry', described({ carry: 0.5 }), /carry 0 or 1/],
    ['epsilon', described({ epsilon: Number.POSITIVE_INFINITY }), /a finite epsilon/],
    ['scheme without coefficients', described({ scheme: {} }), /an explicit scheme.*got a: undefined/],
    ['scheme', described({ scheme: { a: [[0.5]], b: [1] } }), /an explicit scheme.*implicit/],
    [
      'hiddenOnly',
      run({ ...lstm, network: { ...lstm.network, hiddenOnly: true } as NetworkDescription }),
      /2 numbers in its tangents, as its system, got 1/,
    ],
    [
      'recurrentActivation',
      run({ ...lstm, network: { ...lstm.network, recurrentActivation: 'modrelu' } as never }),
      /a recurrentActivation of tanh/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(LyapunovError);
    expect(call).toThrow(message);
  });
});

const system = rnnSystem({
  W: [
    [0.5, 0.2],
    [-0.3, 0.4],
  ],
  kernel: [[1, 0.5]],
});

describe('the ways to propagate', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'an unknown precision',
      run(system, { precision: 'float16' }),
      /precision as 'float64' or 'float32', got float16/,
    ],
    [
      'an unknown propagation',
      run(system, { propagation: 'gpu' }),
      /propagation as 'webassembly' or 'methods', got gpu/,
    ],
    [
      'float32 by methods',
      run(system, { precision: 'float32', propagation: 'methods' }),
      /float32, which needs WebAssembly/,
    ],
    [
      'float32 without a network',
      run(henon(), { precision: 'float32', inputs: undefined, steps: 3 }),
      /a system without its network/,
    ],
    [
      'WebAssembly without a network',
      run(henon(), { propagation: 'webassembly', inputs: undefined, steps: 3 }),
      /propagation by WebAssembly.*without its network/,
    ],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(LyapunovError);
    expect(call).toThrow(message);
  });
});

describe.each(['methods', 'webassembly'] as const)('bad input, %s', (propagation) => {
  it.each<[string, object, RegExp]>([
    ['inputs as long as the warm-up', { warmup: 3 }, /longer than the warm-up of 3/],
    ['inputs shorter than the warm-up', { warmup: 9 }, /longer than the warm-up of 9/],
    ['more exponents than the state has', { exponents: 3 }, /at most 2 exponents/],
    ['input vectors of another length', { inputs: [[1, 2]] }, /input vectors of 1 numbers/],
    ['an initial state of another length', { initialState: [1, 2, 3] }, /initialState with 2 numbers/],
  ])('%s', (_, options, message) => {
    expect(run(system, { propagation, ...options })).toThrow(LyapunovError);
    expect(run(system, { propagation, ...options })).toThrow(message);
  });

  it('a state that explodes is reported with its step and trajectory', () => {
    const growing = rnnSystem({ W: [[1e60]], kernel: [[1]], activation: 'linear' });
    const batch = [
      [[0], [0], [0], [0], [0], [0], [0]],
      [[0], [1], [0], [0], [0], [0], [0]],
    ];
    // 1 after step 2, so 1e(60 k) after step 2 + k: too large for k = 6.
    const short = batch.map((sequence) => sequence.slice(0, 7));
    expect(run(growing, { propagation, inputs: short })).not.toThrow();
    const call = run(growing, { propagation, inputs: batch.map((sequence) => [...sequence, [0], [0]]) });
    expect(call).toThrow(ExplodingTrajectoryError);
    expect(call).toThrow(expect.objectContaining({ quantity: 'state', step: 8, trajectory: 1 }));
  });
});

describe('tokens', () => {
  const tokens: LyapunovSystem = dynamicalByHand({
    ...network,
    inputDim: 3,
    kernel: new Float64Array(6),
    tokens: true,
  });
  it.each([3, -1, 0.5])('%d is none of the vocabulary of 3', (token) => {
    const call = run(tokens, { inputs: [[0], [token]], propagation: 'webassembly' });
    expect(call).toThrow(/tokens as whole numbers from 0 to 2/);
  });

  it('come one at a time', () => {
    expect(run(tokens, { inputs: [[0, 1, 0]] })).toThrow(/input vectors of 1 numbers.*Give \[token\]/);
  });
});

it('matrices as rows, tensors or flat are one network: the same exponents, bit for bit', () => {
  const rows = {
    W: [
      [0.5, 0.2],
      [-0.3, 0.4],
    ],
    kernel: { shape: [2, 1], dataSync: () => [1, 0.5] },
    bias: [0, 0],
    gate: { kernel: [[0.3], [-0.2]] },
  };
  const gate = { kernel: Float64Array.of(0.3, -0.2) };
  const flat = lyapunovSpectrum(
    { ...dynamicalByHand({ ...network, gate }), network: { ...network, gate } },
    { inputs },
  );
  const given = { ...network, ...rows } as NetworkDescription;
  const spectrum = lyapunovSpectrum({ ...dynamicalByHand({ ...network, gate }), network: given }, { inputs });
  expect(spectrum).toEqual(flat);
});
