import { lyapunovSpectrum } from '@hurwitz/lyapunov';
import { flossing } from '@hurwitz/lyapunov/flossing';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, type RNN } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

const [batch, time, inputDim, units] = [2, 12, 2, 3];
const normal = (seed: number) => initializers.randomNormal({ seed, stddev: 0.4 });
const shared = { units, seed: 5, biasInitializer: normal(1) };
const keras = {
  units,
  kernelInitializer: normal(2),
  recurrentInitializer: normal(3),
  unitForgetBias: true,
};
const sigmoid = { recurrentActivation: 'sigmoid' as const };

const makers: [string, () => layers.Layer][] = [
  ['vanilla', () => cells.vanillaRNN(shared)],
  [
    'Lipschitz, rk4, gated',
    () => cells.lipschitzRNN({ ...shared, epsilon: 0.5, initStd: 2, scheme: 'rk4', gated: true }),
  ],
  ['antisymmetric', () => cells.antisymmetricRNN({ ...shared, epsilon: 0.3 })],
  [
    'exponential, tanh',
    () => cells.exponentialRNN({ ...shared, recurrentInitializer: normal(4), activation: 'tanh' }),
  ],
  ['lstm', () => cells.lstm({ ...shared, ...sigmoid })],
  ['gru', () => cells.gru({ ...shared, ...sigmoid })],
  ['tf.layers.lstm', () => layers.lstm({ ...keras, ...sigmoid })],
];

const inputs = Array.from({ length: batch }, (_, b) =>
  Array.from({ length: time }, (__, t) =>
    Array.from({ length: inputDim }, (___, i) => Math.fround(Math.sin(1.3 * t * t + 2.1 * i + b))),
  ),
);
const options = { warmup: 3, exponents: 3 };

function prepared(make: () => layers.Layer) {
  const layer = make() as RNN;
  layer.apply(tf.tensor3d(inputs));
  return { layer, floss: flossing(cells.tangentPropagator(layer), options) };
}

const spectrumOf = (layer: layers.Layer): number[] =>
  lyapunovSpectrum(cells.tangentSystem(layer), { inputs, ...options }).exponents;

describe('flossing of a layer', () => {
  beforeAll(() => useBackend('cpu'));

  test.each(makers)('%s: the exponents are those of lyapunovSpectrum, to 1e-5', (_, make) => {
    const { layer, floss } = prepared(make);
    const got = Array.from(floss.exponents(tf.tensor3d(inputs)).dataSync()).sort((a, b) => b - a);
    spectrumOf(layer).forEach((exponent, i) => {
      expect(Math.abs(got[i]! - exponent), `exponent ${i}`).toBeLessThan(1e-5);
    });
  });

  test.each(makers)(
    '%s: the gradient in every weight is the central differences of lyapunovSpectrum, to 1e-3 of the largest',
    (_, make) => {
      const { layer, floss } = prepared(make);
      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { grads } = tf.variableGrads(() => floss.penalty(tf.tensor3d(inputs)), variables);
      const weights = layer.getWeights().map((weight) => weight.clone());
      const penalty = () => spectrumOf(layer).reduce((sum, x) => sum + x * x, 0) / options.exponents;
      const h = 2 ** -8;
      for (const [k, variable] of variables.entries()) {
        const moved = (i: number, by: number) => {
          const values = weights[k]!.dataSync().slice();
          values[i]! += by;
          layer.setWeights(weights.map((w, l) => (l === k ? tf.tensor(values, w.shape) : w)));
          return penalty();
        };
        const wanted = Array.from(
          weights[k]!.dataSync(),
          (__, i) => (8 * (moved(i, h) - moved(i, -h)) - (moved(i, 2 * h) - moved(i, -2 * h))) / (12 * h),
        );
        layer.setWeights(weights);
        const scale = Math.max(...wanted.map(Math.abs));
        grads[variable.name]!.dataSync().forEach((value, i) => {
          expect(Math.abs(value - wanted[i]!), `${variable.name}[${i}]`).toBeLessThan(1e-3 * scale);
        });
      }
    },
  );
});
