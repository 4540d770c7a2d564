import { registerFused, unregisterFused } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { lipschitzRNN, lstm } from '../src/index.js';
import { useBackend } from './backends.js';

beforeAll(() => useBackend('cpu'));
afterEach(() => unregisterFused('cpu'));

test('a layer runs as the kernel of its backend where one is registered: one call a sequence, with its gradient', async () => {
  const calls: string[] = [];
  registerFused('cpu', {
    supports: ({ attributes }) => attributes.family === 'dynamical',
    forward: ({ attributes: { family, batch, units } }) => {
      calls.push(`forward ${family}`);
      return [tf.ones([batch, units])];
    },
    backward: ({ tensors, cotangents }) => {
      calls.push('backward');
      expect(cotangents).toHaveLength(1);
      return Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, tf.fill(t!.shape, 0.5)]));
    },
  });
  const layer = lipschitzRNN({ units: 3, betaA: 0.5, gammaA: 0, betaW: 0.5, gammaW: 0, inputShape: [5, 2] });
  const m = sequential({ layers: [layer] });
  m.compile({ optimizer: tf.train.sgd(1), loss: 'meanSquaredError' });
  const before = layer.getWeights().map((w) => w.dataSync());
  await m.fit(tf.zeros([4, 5, 2]), tf.zeros([4, 3]), { epochs: 1, verbose: 0 });
  expect(calls).toEqual(['forward dynamical', 'backward']);
  // At beta = 1/2, A and W are M_A and M_W, so every weight moves by the kernel's gradient.
  layer.getWeights().forEach((weight, i) => {
    weight.dataSync().forEach((value, j) => {
      expect(value - before[i]![j]!).toBeCloseTo(-0.5, 6);
    });
  });
  // An LSTM is not supported by this kernel: the reference serves it.
  const y = sequential({ layers: [lstm({ units: 2, inputShape: [5, 2] }), layers.dense({ units: 1 })] });
  expect((y.predict(tf.ones([1, 5, 2])) as tf.Tensor).shape).toEqual([1, 1]);
  expect(calls).toHaveLength(2);
});
