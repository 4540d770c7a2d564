import { characterSequences } from '@hurwitz/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../src/backend/select-backend.js';
import { defaultsOf } from '../src/config/defaults.js';
import type { Config } from '../src/config/schema.js';
import { makeOptimizer } from '../src/loop/optimizer.js';
import { trainingStep } from '../src/loop/training-step.js';
import { crossEntropySum } from '../src/models/losses.js';
import { charRnnStage } from '../src/tasks/char-rnn.js';

beforeAll(async () => {
  await selectBackend('wasm', { warn: () => {} });
});

const data = characterSequences(
  'the mind is its own place, and in itself can make a heaven of hell. '.repeat(40),
  {
    length: 20,
  },
);
const configOf = (changes: Partial<Config>): Config =>
  ({ ...defaultsOf('char-rnn'), units: 7, batchSize: 6, ...changes }) as Config;

describe('the stage of char-rnn', () => {
  it('trains on the cross-entropy of its model’s own logits, to 1e-5 of it', () => {
    const stage = charRnnStage(configOf({ initRange: 0.5 }), data);
    const { inputs, targets } = stage.batch(0, 0);
    const [around, through] = tf.tidy(() => [
      stage.loss(stage.outputs!(inputs), targets).dataSync()[0]!,
      crossEntropySum(stage.model.apply(inputs) as tf.Tensor, targets).dataSync()[0]! / targets.size,
    ]);
    expect(Math.abs(around / through - 1)).toBeLessThan(1e-5);
  });

  it('drops states out in training only, others at every step and the same at every place', async () => {
    const stage = charRnnStage(configOf({ dropout: 0.5 }), data);
    const statesAt = (batch: number): Float32Array => {
      const { inputs } = stage.batch(0, batch);
      // The inputs of one batch, under the mask of another.
      return tf.tidy(() => stage.outputs!(tf.onesLike(inputs as tf.Tensor)).dataSync() as Float32Array);
    };
    const [first, second, again] = [statesAt(0), statesAt(1), statesAt(0)];
    expect(again).toEqual(first);
    expect(second).not.toEqual(first);
    const share = first.filter((value) => value === 0).length / first.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.06); // 840 draws: 3.5 standard deviations
    expect(await stage.evaluate('validation')).toEqual(await stage.evaluate('validation'));
  });

  it('keeps the number of tensors flat over steps and evaluations', async () => {
    const config = configOf({ dropout: 0.2 });
    const stage = charRnnStage(config, data);
    const optimizer = makeOptimizer(config);
    const round = async (index: number): Promise<number> => {
      await trainingStep(stage, optimizer, { batch: stage.batch(0, index) });
      await stage.evaluate('test');
      return tf.memory().numTensors;
    };
    const after = await round(0);
    expect(await round(1)).toBe(after);
    expect(await round(2)).toBe(after);
  });
});
