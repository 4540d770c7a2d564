import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type RNN } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

const units = 4;
const inputDim = 3;
const biasInitializer = initializers.randomNormal({ stddev: 0.3, seed: 7 });
const shared = { units, seed: 3, biasInitializer };
// tfjs-layers' own default, 'orthogonal', needs the chained operations of the union package
const keras = {
  units,
  kernelInitializer: initializers.glorotNormal({ seed: 8 }),
  recurrentInitializer: initializers.glorotNormal({ seed: 9 }),
  biasInitializer,
};

const systems: [string, () => layers.Layer, cells.TangentSystemOptions?][] = [
  ...['euler', 'midpoint', 'heun', 'ralston', 'rk4', 'dormandPrince'].flatMap((scheme) =>
    [false, true].map((gated): [string, () => layers.Layer] => [
      `Lipschitz, ${scheme}${gated ? ', gated' : ''}`,
      () => cells.lipschitzRNN({ ...shared, epsilon: 0.4, initStd: 2, scheme, gated }),
    ]),
  ),
  ['antisymmetric', () => cells.antisymmetricRNN({ ...shared, epsilon: 0.3 })],
  ['antisymmetric, gated', () => cells.antisymmetricRNN({ ...shared, epsilon: 0.3, gated: true })],
  ['vanilla', () => cells.vanillaRNN(shared)],
  [
    'vanilla, sigmoid, no bias',
    () => cells.vanillaRNN({ units, seed: 2, activation: 'sigmoid', useBias: false }),
  ],
  ['residual, relu', () => cells.residualRNN({ ...shared, activation: 'relu' })],
  ['Cayley', () => cells.cayleyRNN({ ...shared, kernelInitializer: 'glorotNormal' })],
  ['Cayley, no threshold', () => cells.cayleyRNN({ ...shared, useBias: false })],
  ['exponential, tanh', () => cells.exponentialRNN({ ...shared, activation: 'tanh' })],
  ['lstm', () => cells.lstm({ ...shared, recurrentActivation: 'sigmoid' })],
  ['lstm, hard sigmoid', () => cells.lstm(shared)],
  ['gru', () => cells.gru({ ...shared, recurrentActivation: 'sigmoid' })],
  ['tf.layers.simpleRNN', () => layers.simpleRNN(keras)],
  ['tf.layers.lstm', () => layers.lstm({ ...keras, recurrentActivation: 'sigmoid', unitForgetBias: true })],
  ['tf.layers.gru', () => layers.gru(keras)],
  ['a cell in tf.layers.rnn', () => layers.rnn({ cell: new cells.ResidualRNNCell(shared) })],
];

/** By Laplace's expansion. */
function determinant(M: number[][]): number {
  if (M.length === 0) return 1;
  const [first, ...rest] = M as [number[], ...number[][]];
  return first.reduce((sum, entry, j) => {
    const minor = rest.map((row) => row.filter((_, k) => k !== j));
    return sum + (j % 2 === 0 ? 1 : -1) * entry * determinant(minor);
  }, 0);
}

describe('tangentSystem', () => {
  beforeAll(() => useBackend('cpu'));

  function prepared(make: () => layers.Layer, options?: cells.TangentSystemOptions) {
    const layer = make() as RNN;
    const input = tf.randomNormal([1, 1, inputDim], 0, 1, 'float32', 5) as tf.Tensor3D;
    layer.apply(input);
    const system = cells.tangentSystem(layer, options);
    const state = Float64Array.from({ length: system.stateSize }, (_, i) => 0.9 * Math.sin(1.7 * i + 0.5));
    return { layer, system, state, input };
  }

  test.each(systems)(
    '%s: step is the layer within 2e-6, jacobian the central differences within 1e-8, jvp its product within 1e-13',
    (_, make, options) => {
      const { layer, system, state, input } = prepared(make, options);
      const x = input.dataSync();
      const next = system.step(state, x);
      const initialState = Array.from({ length: system.stateSize / units }, (__, k) =>
        tf.tensor2d([Array.from(state.slice(k * units, (k + 1) * units))]),
      );
      const output = layer.apply(input, { initialState }) as tf.Tensor;
      output.dataSync().forEach((value, i) => {
        expect(Math.abs(value - next[i]!)).toBeLessThan(2e-6);
      });
      const J = system.jacobian(state, x);
      expect(J).toHaveLength(system.tangentDimension);
      const tangents = [0, 1].map((k) => Float64Array.from(J, (_row, j) => Math.cos(3.1 * j + 0.7 * k)));
      system.jvp(state, x, tangents).forEach((out, k) => {
        out.forEach((value, i) => {
          const expected = J[i]!.reduce((sum, entry, j) => sum + entry * tangents[k]![j]!, 0);
          expect(Math.abs(value - expected), `tangent ${k}, entry ${i}`).toBeLessThan(1e-13);
        });
      });
      const h = 1e-5;
      for (let j = 0; j < system.tangentDimension; j++) {
        const moved = (by: number) =>
          system.step(
            state.map((v, i) => (i === j ? v + by : v)),
            x,
          );
        const [plus, minus] = [moved(h), moved(-h)];
        for (let i = 0; i < system.tangentDimension; i++) {
          expect(Math.abs(J[i]![j]! - (plus[i]! - minus[i]!) / (2 * h)), `entry ${i}, ${j}`).toBeLessThan(
            1e-8,
          );
        }
      }
    },
  );

  test.each<[string, () => layers.Layer, cells.TangentSystemOptions?]>([
    ['LSTM', () => cells.lstm({ ...shared, recurrentActivation: 'sigmoid' })],
    ['vanilla', () => cells.vanillaRNN(shared)],
    ['Cayley', () => cells.cayleyRNN({ ...shared, activation: 'tanh' })],
    ['tf.layers.simpleRNN', () => layers.simpleRNN({ ...keras, activation: 'softplus' })],
  ])('%s: the closed log |det J| is that of the Jacobian, within 1e-10', (_, make) => {
    const { system, state, input } = prepared(make);
    const x = input.dataSync();
    const expected = Math.log(Math.abs(determinant(system.jacobian(state, x))));
    expect(Math.abs(system.logDeterminant!(state, x) - expected)).toBeLessThan(1e-10);
  });

  test('a shut modReLU: a determinant of 0', () => {
    const { system, state, input } = prepared(() =>
      cells.cayleyRNN({ ...shared, biasInitializer: initializers.constant({ value: -9 }) }),
    );
    expect(system.logDeterminant!(state, input.dataSync())).toBe(-Infinity);
  });

  test.each<[string, () => layers.Layer, cells.TangentSystemOptions?]>([
    ['GRU', () => cells.gru(shared)],
    ['LSTM at a fixed cell', () => cells.lstm(shared), { hidden: 'only' }],
    ['Lipschitz', () => cells.lipschitzRNN(shared)],
    ['residual', () => cells.residualRNN(shared)],
  ])('%s: none', (_, make, options) => {
    expect(prepared(make, options).system.logDeterminant).toBeUndefined();
  });

  test('LSTM with the cell held fixed: the upper left block of the full Jacobian', () => {
    const make = () => cells.lstm({ ...shared, recurrentActivation: 'sigmoid' });
    const { layer, system, state, input } = prepared(make);
    const only = cells.tangentSystem(layer, { hidden: 'only' });
    expect([only.dimension, only.tangentDimension]).toEqual([2 * units, units]);
    const full = system.jacobian(state, input.dataSync());
    const block = full.slice(0, units).map((row) => row.slice(0, units));
    expect(only.jacobian(state, input.dataSync())).toEqual(block);
    expect(only.step(state, input.dataSync())).toEqual(system.step(state, input.dataSync()));
  });

  test('the Jacobian of the linear system at h = 0 is I + epsilon (A + W), within 1e-7', () => {
    const layer = cells.lipschitzRNN({ units, seed: 1, initStd: 2, epsilon: 0.1, useBias: false });
    layer.build([null, null, inputDim]);
    const { A, W } = layer.systemMatrices();
    const J = cells.tangentSystem(layer).jacobian(new Float64Array(units), new Float64Array(inputDim));
    const expected = tf.add(tf.eye(units), tf.mul(0.1, tf.add(A, W))).arraySync() as number[][];
    J.flat().forEach((value, i) => {
      expect(Math.abs(value - expected.flat()[i]!)).toBeLessThan(1e-7);
    });
  });

  test.each([
    ['a state of h alone for an LSTM', units, inputDim, /a state of 8 numbers, got 4.*\[h, c\]/],
    ['no input', 2 * units, 0, /an input of 3 numbers, got 0/],
  ])('refuses %s in step and jacobian', (_, stateSize, inputSize, message) => {
    const { system } = prepared(() => cells.lstm(shared));
    for (const run of [system.step, system.jacobian]) {
      expect(() => run(new Float64Array(stateSize), new Float64Array(inputSize))).toThrow(message);
    }
  });

  test('keeps no tensors', () => {
    const { layer } = prepared(() => cells.cayleyRNN(shared));
    const before = tf.memory().numTensors;
    cells.tangentSystem(layer);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a layer without weights', () => cells.tangentSystem(cells.vanillaRNN({ units })), /has not been built/],
    [
      'a tf.layers layer without weights',
      () => cells.tangentSystem(layers.lstm({ units })),
      /has not been built/,
    ],
    [
      'a dense layer',
      () => cells.tangentSystem(layers.dense({ units })),
      /SimpleRNN, LSTM or GRU.*got Dense 'dense/,
    ],
    ['nothing', () => cells.tangentSystem(undefined as never), /got undefined/],
    [
      'a misspelt option',
      () => cells.tangentSystem(cells.lstm({ units }), { hidden: 'onli' as never }),
      /one of with-cell, only, got 'onli'. Did you mean 'only'/,
    ],
    [
      'an activation without derivative here',
      () => {
        const layer = layers.simpleRNN({ ...keras, activation: 'gelu', name: 'first' });
        layer.apply(tf.zeros([1, 1, 2]));
        return cells.tangentSystem(layer);
      },
      /the activation of 'first', one of .*got 'gelu'. Did you mean 'relu'/,
    ],
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(cells.CellError);
    expect(run).toThrow(message);
  });
});
