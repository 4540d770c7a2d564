import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

const [time, features, vocabularySize] = [6, 3, 7];
const drawn = {
  // tfjs-layers' own default, 'orthogonal', needs the chained operations of the union package.
  recurrentInitializer: 'glorotNormal' as const,
  returnSequences: true,
};
const input = { inputShape: [time, features] };
const tokens = { inputShape: [time] };

/** Models to give weights. */
const models: [string, () => tfl.LayersModel][] = [
  [
    'SimpleRNN, LSTM and GRU of tf.layers, stacked',
    () =>
      tfl.sequential({
        layers: [
          layers.simpleRNN({ ...drawn, units: 3, ...input }),
          layers.lstm({ ...drawn, units: 2 }),
          layers.gru({ ...drawn, units: 4, recurrentActivation: 'sigmoid' }),
          layers.dense({ units: 1 }),
        ],
      }),
  ],
  [
    'an embedding, dropout, and normalisation between layers',
    () =>
      tfl.sequential({
        layers: [
          layers.embedding({ inputDim: vocabularySize, outputDim: 4, ...tokens }),
          layers.dropout({ rate: 0.5 }),
          layers.lstm({ ...drawn, units: 3 }),
          layers.layerNormalization(),
          layers.gru({ ...drawn, units: 2 }),
          layers.batchNormalization(),
          layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'elu' }) as never }),
          layers.gaussianNoise({ stddev: 1 }),
          layers.simpleRNN({ ...drawn, units: 3, activation: 'softsign' }),
        ],
      }),
  ],
  [
    'activation layers',
    () =>
      tfl.sequential({
        layers: [
          layers.dense({ units: 4, activation: 'softplus', ...input }),
          layers.lstm({ ...drawn, units: 3 }),
          layers.leakyReLU({ alpha: 0.2 }),
          layers.dense({ units: 3, activation: 'selu' }),
          layers.thresholdedReLU({ theta: -0.1 }),
          layers.activation({ activation: 'hardSigmoid' }),
          layers.gru({ ...drawn, units: 2 }),
          layers.elu(),
          layers.reLU({ maxValue: 2 }),
          layers.simpleRNN({ ...drawn, units: 2, activation: 'relu6' }),
        ],
      }),
  ],
  [
    'our layers, the first on tokens',
    () =>
      tfl.sequential({
        layers: [
          cells.lipschitzRNN({
            units: 3,
            vocabularySize,
            seed: 1,
            initStd: 2,
            epsilon: 0.3,
            ...drawn,
            ...tokens,
          }),
          cells.lipschitzRNN({
            units: 3,
            seed: 5,
            gated: true,
            scheme: 'rk4',
            initStd: 2,
            epsilon: 0.3,
            ...drawn,
          }),
          cells.cayleyRNN({ units: 2, seed: 2, returnSequences: true }),
          cells.lstm({ units: 2, seed: 3, returnSequences: true }),
        ],
      }),
  ],
  [
    'gated tokens',
    () =>
      tfl.sequential({
        layers: [
          cells.lipschitzRNN({
            units: 3,
            vocabularySize,
            seed: 1,
            gated: true,
            returnSequences: true,
            ...tokens,
          }),
        ],
      }),
  ],
  [
    'a functional model with a model inside and two heads',
    () => {
      const inner = tfl.sequential({
        layers: [
          layers.gru({ ...drawn, units: 3, ...input }),
          layers.dense({ units: 2, activation: 'tanh' }),
        ],
      });
      const x = tfl.input({ shape: [time, features] });
      const h = layers.lstm({ ...drawn, units: 2 }).apply(inner.apply(x)) as tfl.SymbolicTensor;
      const heads = [1, 2].map(
        (units) => layers.dense({ units, name: `head${units}` }).apply(h) as tfl.SymbolicTensor,
      );
      return tfl.model({ inputs: x, outputs: heads });
    },
  ],
];

/** Weights in general position, the same in every run. */
function withWeights(model: tfl.LayersModel): tfl.LayersModel {
  const values = model.weights.map(({ shape, originalName }, k) => {
    const base = originalName.includes('moving_variance') ? 1 : 0;
    const size = shape.reduce<number>((product, length) => product * length!, 1);
    const entries = Array.from(
      { length: size },
      (_, i) => base + 0.8 * Math.sin(1.7 * i * i + 0.9 * i + k + 1),
    );
    return tf.tensor(entries, shape as number[]);
  });
  model.setWeights(values);
  return model;
}

/** The states that each recurrent layer of the model hands on, [time, units] each. */
function outputsOf(model: tfl.LayersModel, x: tf.Tensor): number[][][] {
  const outputs: number[][][] = [];
  let value = x;
  const run = (layer: tfl.layers.Layer): void => {
    if (layer.getClassName() === 'InputLayer') return;
    if ('layers' in layer) {
      (layer as tfl.LayersModel).layers.forEach(run);
      return;
    }
    if (layer.getClassName() === 'Dense' && outputs.length > 0 && layer.name.startsWith('head')) return;
    value = layer.apply(value, { training: false }) as tf.Tensor;
    if ('cell' in layer) outputs.push((value.arraySync() as number[][][])[0]!);
  };
  model.layers.forEach(run);
  return outputs;
}

/** The largest entry of |J - central differences|. */
function differenceError(system: cells.TangentSystem, state: Float64Array, x: readonly number[]): number {
  const J = system.jacobian(state, x);
  const h = 1e-5;
  let worst = 0;
  for (let j = 0; j < system.dimension; j++) {
    const [plus, minus] = [h, -h].map((by) =>
      system.step(
        state.map((v, i) => (i === j ? v + by : v)),
        x,
      ),
    ) as [Float64Array, Float64Array];
    J.forEach((row, i) => {
      worst = Math.max(worst, Math.abs(row[j]! - (plus[i]! - minus[i]!) / (2 * h)));
    });
  }
  return worst;
}

describe('tangentSystem of a model', () => {
  beforeAll(() => useBackend('cpu'));

  const inputsFor = (system: cells.TangentSystem): number[][] =>
    Array.from({ length: time }, (_, t) =>
      system.vocabularySize === undefined
        ? Array.from({ length: features }, (__, i) => Math.sin(1.3 * t + 2.1 * i + 0.4))
        : [(3 * t + 1) % vocabularySize],
    );

  test.each(models)(
    '%s: states within 3e-6 of the model, Jacobian within 1e-8 of differences, jvp within 1e-13 of it',
    (_, make) => {
      const model = withWeights(make());
      const system = cells.tangentSystem(model);
      const inputs = inputsFor(system);
      const x = system.vocabularySize === undefined ? tf.tensor3d([inputs]) : tf.tensor2d([inputs.flat()]);
      const outputs = outputsOf(model, x);
      let state: Float64Array = new Float64Array(system.dimension);
      for (let t = 0; t < time; t++) {
        expect(differenceError(system, state, inputs[t]!)).toBeLessThan(1e-8);
        const [tangent] = system.jvp(state, inputs[t]!, [state.map((v, i) => Math.cos(i) - v)]);
        system.jacobian(state, inputs[t]!).forEach((row, i) => {
          const expected = row.reduce((sum, v, j) => sum + v * (Math.cos(j) - state[j]!), 0);
          expect(Math.abs(tangent![i]! - expected)).toBeLessThan(1e-13);
        });
        state = system.step(state, inputs[t]!);
        let from = 0;
        for (const [k, layer] of recurrentLayers(model).entries()) {
          outputs[k]![t]!.forEach((value, i) => {
            expect(Math.abs(state[from + i]! - value), `step ${t}, layer ${k}, unit ${i}`).toBeLessThan(3e-6);
          });
          from += [layer.cell.stateSize].flat().reduce((sum, size) => sum + size, 0);
        }
        expect(from).toBe(system.dimension);
      }
    },
  );

  test('the Jacobian of a stack is block lower triangular, with the layers on the diagonal', () => {
    const [first, second] = [
      layers.lstm({ ...drawn, units: 2, ...input }),
      layers.gru({ ...drawn, units: 3 }),
    ];
    const stack = cells.tangentSystem(withWeights(tfl.sequential({ layers: [first, second] })));
    const state = Float64Array.from({ length: 7 }, (_, i) => 0.6 * Math.sin(i + 1));
    const x = [0.3, -0.2, 0.8];
    const J = stack.jacobian(state, x);
    const alone = cells.tangentSystem(first);
    expect(J.slice(0, 4).map((row) => row.slice(0, 4))).toEqual(alone.jacobian(state.slice(0, 4), x));
    expect(J.slice(0, 4).flatMap((row) => row.slice(4))).toEqual(new Array(12).fill(0));
    const handedOn = alone.step(state.slice(0, 4), x).slice(0, 2);
    const below = cells.tangentSystem(second).jacobian(state.slice(4), handedOn);
    expect(J.slice(4).map((row) => row.slice(4))).toEqual(below);
    expect(stack.logDeterminant).toBeUndefined();
  });

  test('log |det J| of a stack is the sum over its layers, to 1e-13', () => {
    const model = withWeights(
      tfl.sequential({
        layers: [layers.lstm({ ...drawn, units: 2, ...input }), layers.simpleRNN({ ...drawn, units: 3 })],
      }),
    );
    const [lower, upper] = model.layers.map((layer) => cells.tangentSystem(layer)) as [
      cells.TangentSystem,
      cells.TangentSystem,
    ];
    const state = Float64Array.from({ length: 7 }, (_, i) => 0.6 * Math.sin(i + 1));
    const x = [0.3, -0.2, 0.8];
    const handedOn = lower.step(state.slice(0, 4), x).slice(0, 2);
    const sum = lower.logDeterminant!(state.slice(0, 4), x) + upper.logDeterminant!(state.slice(4), handedOn);
    expect(cells.tangentSystem(model).logDeterminant!(state, x)).toBeCloseTo(sum, 13);
  });
});

function recurrentLayers(model: tfl.LayersModel): tfl.RNN[] {
  return model.layers.flatMap((layer) =>
    'layers' in layer ? recurrentLayers(layer as tfl.LayersModel) : 'cell' in layer ? [layer as tfl.RNN] : [],
  );
}
