import { expect, it } from 'vitest';
import {
  type DynamicalDescription,
  findEquilibrium,
  flowField,
  flowOf,
  StabilityError,
} from '../src/index.js';

const network: DynamicalDescription = {
  family: 'dynamical',
  units: 2,
  inputDim: 3,
  W: [
    [0.3, -0.4],
    [0.2, 0.1],
  ],
  kernel: [
    [1, 0, -1],
    [0.5, 2, 0],
  ],
  bias: [0.1, -0.2],
  A: [
    [-1, 0.5],
    [0, -2],
  ],
  activation: 'tanh',
  carry: 1,
  epsilon: 0.1,
};
const input = [0.3, -0.1, 0.4];
const { A, W, ...others } = network;

it('is A h + tanh(W h + U x + b), written out, to 1e-15', () => {
  const [a, b] = [0.7, -0.3];
  const [zA, zB] = [0.3 * a - 0.4 * b + 0.3 - 0.4 + 0.1, 0.2 * a + 0.1 * b + 0.15 - 0.2 - 0.2];
  const [first, second] = flowField(flowOf(network, { input }))([a, b]);
  expect(first).toBeCloseTo(-a + 0.5 * b + Math.tanh(zA), 15);
  expect(second).toBeCloseTo(-2 * b + Math.tanh(zB), 15);
});

it('reads flat matrices and tensors as rows', () => {
  const flat = {
    ...network,
    W: Float64Array.of(0.3, -0.4, 0.2, 0.1),
    A: { shape: [2, 2], dataSync: () => [-1, 0.5, 0, -2] },
  };
  expect(flowOf(flat, { input })).toEqual(flowOf(network, { input }));
});

it('of a vanilla network has its fixed point as equilibrium: h = tanh(W h + z), to 1e-12', () => {
  const { equilibrium: state } = findEquilibrium(flowOf({ ...others, W, carry: 0, epsilon: 1 }, { input }));
  for (const [i, z] of [0, -0.25].entries()) {
    const sum = W as number[][];
    expect(state[i]).toBeCloseTo(Math.tanh(sum[i]![0]! * state[0]! + sum[i]![1]! * state[1]! + z), 12);
  }
});

it.each<[string, object, RegExp]>([
  ['an LSTM', { family: 'lstm' }, /got the family lstm/],
  ['a gate', { gate: { kernel: [[1]] } }, /one with a gate/],
  ['modReLU', { activation: 'modrelu' }, /a threshold for each unit/],
  ['an unknown activation', { activation: 'swish' }, /the activation swish/],
  ['carry 0 with A', { carry: 0, epsilon: 1 }, /carry 0 with A/],
  ['W of another shape', { W: [[1]] }, /network\.W of shape \[2, 2\], got \[1, 1\]/],
  ['a flat W of another length', { W: new Float64Array(3) }, /network\.W of shape \[2, 2\]/],
  ['a bias of another length', { bias: [1] }, /network\.bias of length 2/],
])('refuses %s', (_, changes, message) => {
  const call = () => flowOf({ ...network, ...changes } as DynamicalDescription, { input });
  expect(call).toThrow(StabilityError);
  expect(call).toThrow(message);
});
