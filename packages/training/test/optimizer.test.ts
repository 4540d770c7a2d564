import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { commonDefaults } from '../src/config/defaults.js';
import { type Config, configVersion } from '../src/config/schema.js';
import { learningRateAt, makeOptimizer, optimizerNames, setLearningRate } from '../src/loop/optimizer.js';
import { restoreOptimizer, saveOptimizer } from '../src/loop/optimizer-state.js';

const config = (settings: Partial<Config>): Config => ({
  ...commonDefaults,
  ...settings,
  task: 'adding',
  version: configVersion,
});
const kinds: Partial<Config>[] = [
  ...optimizerNames.map((optimizer) => ({ optimizer })),
  { optimizer: 'sgd', momentum: 0 },
];

describe.each(['cpu', 'wasm'])('optimizers on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  /** A model of two weights, one optimizer, and its steps. */
  function descent(settings: Partial<Config>, start = [0.7, -1.3, 2.1]) {
    const optimizer = makeOptimizer(config({ learningRate: 0.01, ...settings }));
    const v = tf.variable(tf.tensor1d(start));
    const w = tf.variable(tf.scalar(start[0] as number));
    const step = (times: number) => {
      for (let k = 0; k < times; k++) {
        optimizer.minimize(() => tf.sum(tf.mul(w, tf.exp(tf.sin(v)))) as tf.Scalar, false, [v, w]);
      }
    };
    return { optimizer, step, v, w, values: () => [...v.dataSync(), ...w.dataSync()] };
  }

  it.each(kinds)(
    '%j: a saved and restored state goes on to the same bits, and keeps no tensors',
    async (settings) => {
      const whole = descent(settings);
      whole.step(5);
      const at = { v: [...whole.v.dataSync()], w: whole.w.dataSync()[0] as number };
      const before = tf.memory().numTensors;
      const saved = await saveOptimizer(whole.optimizer);
      expect(tf.memory().numTensors).toBe(before);
      whole.step(4);

      const resumed = descent(settings, at.v);
      resumed.w.assign(tf.scalar(at.w));
      await restoreOptimizer(resumed.optimizer, saved);
      resumed.step(4);
      expect(resumed.values()).toEqual(whole.values());
    },
  );

  it.each(kinds)('%j: takes a new learning rate', (settings) => {
    const { optimizer, step, values } = descent(settings);
    step(1);
    const before = values();
    setLearningRate(optimizer, 0);
    step(1);
    expect(values()).toEqual(before);
    setLearningRate(optimizer, 0.01);
    step(1);
    expect(values()).not.toEqual(before);
  });
});

it('the learning rate falls by the factor after each decay epoch', () => {
  const settings = config({ learningRate: 1, decayFactor: 0.5, decayEpochs: [2, 3] });
  expect([0, 1, 2, 3, 4].map((epoch) => learningRateAt(settings, epoch))).toEqual([1, 1, 0.5, 0.25, 0.25]);
});
