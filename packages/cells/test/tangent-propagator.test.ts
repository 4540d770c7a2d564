import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type RNN } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

const units = 4;
const inputDim = 3;
const batch = 2;
const count = 3;
// Drawn alike in every run: near a kink a difference is no derivative.
const biasInitializer = initializers.randomNormal({ seed: 7 });
const kernelInitializer = initializers.glorotNormal({ seed: 8 });
const shared = { units, seed: 3, biasInitializer };
const keras = {
  units,
  recurrentInitializer: initializers.glorotNormal({ seed: 9 }),
  kernelInitializer,
  biasInitializer,
};

const makers: [string, () => layers.Layer][] = [
  ['Lipschitz', () => cells.lipschitzRNN({ ...shared, epsilon: 0.4, initStd: 2 })],
  ['Lipschitz, rk4', () => cells.lipschitzRNN({ ...shared, epsilon: 0.4, initStd: 2, scheme: 'rk4' })],
  [
    'Lipschitz, ralston, gated',
    () => cells.lipschitzRNN({ ...shared, epsilon: 0.4, initStd: 2, scheme: 'ralston', gated: true }),
  ],
  ['antisymmetric, gated', () => cells.antisymmetricRNN({ ...shared, epsilon: 0.3, gated: true })],
  ['vanilla', () => cells.vanillaRNN(shared)],
  [
    'vanilla, sigmoid, no bias',
    () => cells.vanillaRNN({ units, seed: 2, activation: 'sigmoid', useBias: false }),
  ],
  ['vanilla, linear', () => cells.vanillaRNN({ ...shared, activation: 'linear' })],
  ['residual, relu', () => cells.residualRNN({ ...shared, activation: 'relu' })],
  [
    'Cayley, modReLU with a threshold',
    () => cells.cayleyRNN({ ...shared, kernelInitializer, biasInitializer: 'ones' }),
  ],
  ['Cayley, no threshold', () => cells.cayleyRNN({ ...shared, useBias: false })],
  ['exponential, tanh', () => cells.exponentialRNN({ ...shared, activation: 'tanh' })],
  ['lstm', () => cells.lstm({ ...shared, recurrentActivation: 'sigmoid' })],
  ['lstm, hard sigmoid', () => cells.lstm(shared)],
  ['gru', () => cells.gru({ ...shared, recurrentActivation: 'sigmoid' })],
  ['tf.layers.simpleRNN', () => layers.simpleRNN(keras)],
  ['tf.layers.lstm', () => layers.lstm({ ...keras, recurrentActivation: 'sigmoid' })],
  ['tf.layers.gru', () => layers.gru({ ...keras, useBias: false })],
];

/** Fixed numbers without a pattern. */
const numbers = (length: number, scale: number, phase: number): number[] =>
  Array.from({ length }, (_, i) => Math.fround(scale * Math.sin(1.7 * i * i + 0.9 * i + phase)));

function prepared(make: () => layers.Layer) {
  const layer = make() as RNN;
  layer.apply(tf.zeros([1, 1, inputDim]));
  const propagator = cells.tangentPropagator(layer);
  const size = propagator.stateSize;
  return {
    layer,
    propagator,
    size,
    state: numbers(batch * size, 0.7, 0.5),
    tangents: numbers(batch * count * size, 1, 0.3),
    input: numbers(batch * inputDim, 1, 0.1),
    onState: numbers(batch * size, 1, 0.8),
    onTangents: numbers(batch * count * size, 1, 0.6),
  };
}

type Prepared = ReturnType<typeof prepared>;

/** The step of every row in float64: [next states, next tangents]. */
function inFloat64({ layer, size, input }: Prepared, state: number[], tangents: number[]) {
  const system = cells.tangentSystem(layer);
  const rows = Array.from({ length: batch }, (_, b) => {
    const h = Float64Array.from(state.slice(b * size, (b + 1) * size));
    const x = input.slice(b * inputDim, (b + 1) * inputDim);
    const J = system.jacobian(h, x);
    const moved = Array.from({ length: count }, (__, j) => {
      const v = tangents.slice((b * count + j) * size, (b * count + j + 1) * size);
      return J.map((row) => row.reduce((sum, entry, i) => sum + entry * v[i]!, 0));
    });
    return { next: Array.from(system.step(h, x)), moved: moved.flat() };
  });
  return { state: rows.flatMap(({ next }) => next), tangents: rows.flatMap(({ moved }) => moved) };
}

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

function score(of: Prepared, state = of.state, tangents = of.tangents): number {
  const next = inFloat64(of, state, tangents);
  return dot(next.state, of.onState) + dot(next.tangents, of.onTangents);
}

function propagated({ propagator, size, input }: Prepared, state: tf.Tensor, tangents: tf.Tensor) {
  const from = {
    state: tf.reshape<tf.Rank.R2>(state, [batch, size]),
    tangents: tf.reshape<tf.Rank.R3>(tangents, [batch, count, size]),
  };
  return propagator.prepare()(from, tf.tensor2d(input, [batch, inputDim]));
}

/** Central differences of fourth order of `value` in each entry. */
function differences(at: ArrayLike<number>, value: (moved: number[]) => number): number[] {
  const h = 2 ** -7;
  return Array.from(at, (_, i) => {
    const moved = (by: number) => value(Array.from(at, (x, j) => (j === i ? x + by : x)));
    return (8 * (moved(h) - moved(-h)) - (moved(2 * h) - moved(-2 * h))) / (12 * h);
  });
}

function expectNear(got: tf.Tensor, wanted: number[], name: string): void {
  const scale = Math.max(...wanted.map(Math.abs));
  got.dataSync().forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!), `${name}[${i}]`).toBeLessThan(2e-4 * scale + 1e-6);
  });
}

describe('tangentPropagator', () => {
  beforeAll(() => useBackend('cpu'));

  test.each(makers)('%s: the next state and J v of tangentSystem, within 2e-6', (_, make) => {
    const of = prepared(make);
    const got = propagated(of, tf.tensor1d(of.state), tf.tensor1d(of.tangents));
    const wanted = inFloat64(of, of.state, of.tangents);
    for (const name of ['state', 'tangents'] as const) {
      got[name].dataSync().forEach((value, i) => {
        expect(Math.abs(value - wanted[name][i]!), `${name}[${i}]`).toBeLessThan(2e-6);
      });
    }
  });

  test.each(makers)(
    '%s: gradients in weights, state and tangents are central differences of tangentSystem, within 2e-4 of the largest',
    (_, make) => {
      const of = prepared(make);
      const { layer, state, tangents } = of;
      const value = (h: tf.Tensor, v: tf.Tensor): tf.Scalar => {
        const next = propagated(of, h, v);
        return tf.add(
          tf.sum(tf.mul(tf.reshape(next.state, [-1]), of.onState)),
          tf.sum(tf.mul(tf.reshape(next.tangents, [-1]), of.onTangents)),
        );
      };
      const inputs = [tf.tensor1d(state), tf.tensor1d(tangents)];
      const [onState, onTangents] = tf.grads(value as (...x: tf.Tensor[]) => tf.Tensor)(inputs);
      expectNear(
        onState!,
        differences(state, (moved) => score(of, moved)),
        'state',
      );
      expectNear(
        onTangents!,
        differences(tangents, (moved) => score(of, state, moved)),
        'tangents',
      );

      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => value(inputs[0]!, inputs[1]!), variables);
      const weights = layer.getWeights().map((weight) => weight.clone());
      for (const [k, variable] of variables.entries()) {
        const wanted = differences(weights[k]!.dataSync(), (moved) => {
          layer.setWeights(weights.map((w, l) => (l === k ? tf.tensor(moved, w.shape) : w)));
          return score(of);
        });
        layer.setWeights(weights);
        expectNear(grads[variable.name]!, wanted, variable.name);
      }
    },
  );

  test('reads tokens as the rows of the kernel that they select', () => {
    const step = (args: object) => {
      const layer = cells.vanillaRNN({ ...shared, kernelInitializer, ...args });
      layer.build([null, null, inputDim]);
      return cells.tangentPropagator(layer).prepare();
    };
    const from = { state: tf.ones<tf.Rank.R2>([2, units]), tangents: tf.ones<tf.Rank.R3>([2, 1, units]) };
    const tokens = step({ vocabularySize: inputDim })(from, tf.tensor1d([2, 0], 'int32'));
    const vectors = step({})(
      from,
      tf.tensor2d([
        [0, 0, 1],
        [1, 0, 0],
      ]),
    );
    expect(tokens.state.dataSync()).toEqual(vectors.state.dataSync());
    expect(tokens.tangents.dataSync()).toEqual(vectors.tangents.dataSync());
  });

  test.each([true, false])(
    'an untrained Cayley layer at rest, useBias %s: tangents turned by W, to 1e-6',
    (useBias) => {
      const { layer, propagator } = prepared(() =>
        cells.cayleyRNN({ ...shared, biasInitializer: 'zeros', useBias }),
      );
      const tangents = tf.randomNormal<tf.Rank.R3>([1, 2, units], 0, 1, 'float32', 3);
      const next = propagator.prepare()({ state: tf.zeros([1, units]), tangents }, tf.zeros([1, inputDim]));
      const { W } = (layer as cells.CayleyRNN).systemMatrices();
      const turned = tf.matMul(tf.reshape(tangents, [2, units]), W, false, true);
      expect(
        tf.max(tf.abs(tf.sub(tf.reshape(next.tangents, [2, units]), turned))).dataSync()[0],
      ).toBeLessThan(1e-6);
    },
  );

  test('follows the weights as they train, and keeps no tensors', () => {
    const { layer, propagator } = prepared(() => cells.cayleyRNN(shared));
    const from = { state: tf.ones<tf.Rank.R2>([1, units]), tangents: tf.ones<tf.Rank.R3>([1, 1, units]) };
    const x = tf.ones([1, inputDim]);
    const run = () => tf.tidy(() => Array.from(propagator.prepare()(from, x).state.dataSync()));
    const first = run();
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
    tf.tidy(() => layer.setWeights(layer.getWeights().map((weight) => tf.mul(weight, 0.5))));
    expect(run()).not.toEqual(first);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a dense layer', () => cells.tangentPropagator(layers.dense({ units })), /SimpleRNN, LSTM or GRU/],
    ['nothing', () => cells.tangentPropagator(undefined as never), /got undefined/],
    [
      'a layer without weights',
      () => cells.tangentPropagator(cells.vanillaRNN({ units })).prepare(),
      /not been built/,
    ],
    [
      'a tf.layers layer without weights',
      () => cells.tangentPropagator(layers.gru({ units })).prepare(),
      /not been built/,
    ],
    [
      'an activation without a derivative here',
      () => {
        const layer = layers.simpleRNN({ ...keras, activation: 'gelu' });
        layer.apply(tf.zeros([1, 1, 2]));
        return cells.tangentPropagator(layer).prepare();
      },
      /got 'gelu'. Did you mean 'relu'/,
    ],
    [
      'inputs of another length',
      () => {
        const { propagator, size } = prepared(() => cells.gru(shared));
        const from = { state: tf.ones<tf.Rank.R2>([1, size]), tangents: tf.ones<tf.Rank.R3>([1, 1, size]) };
        return propagator.prepare()(from, tf.ones([1, 5]));
      },
      /an input of 3 numbers at each step, got shape \[1,5\]/,
    ],
    [
      'numbers in place of vectors',
      () =>
        cells.tangentPropagator(prepared(() => cells.gru(shared)).layer).prepare()(
          { state: tf.ones([2, units]), tangents: tf.ones([2, 1, units]) },
          tf.tensor1d([0.3, 1]),
        ),
      /an input of 3 numbers at each step, got shape \[2\]/,
    ],
    ...[3, 1.5].map((token): [string, () => unknown, RegExp] => [
      `the token ${token} of a vocabulary of 3`,
      () => {
        const layer = cells.vanillaRNN({ ...shared, vocabularySize: inputDim });
        layer.build([null, null]);
        const from = { state: tf.ones<tf.Rank.R2>([1, units]), tangents: tf.ones<tf.Rank.R3>([1, 1, units]) };
        return cells.tangentPropagator(layer).prepare()(from, tf.tensor1d([token]));
      },
      new RegExp(`tokens as whole numbers from 0 to 2, got ${token}`),
    ]),
  ])('refuses %s', (_, run, message) => {
    expect(run).toThrow(cells.CellError);
    expect(run).toThrow(message);
  });
});
