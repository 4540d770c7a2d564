import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../src/loop/stage.js';
import { trainingStep } from '../src/loop/training-step.js';

describe.each(['cpu', 'wasm'])('a training step on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  /** One weight, 3 at first, which is the output too, and a loss of it. */
  function oneWeight(loss: (outputs: tf.Tensor) => tf.Scalar) {
    const layer = tfl.layers.dense({
      units: 1,
      useBias: false,
      kernelInitializer: tfl.initializers.constant({ value: 3 }),
    });
    const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: [1] }), layer] });
    const correct = (outputs: tf.Tensor) => tf.sum(outputs) as tf.Scalar;
    const stage = { model, loss, correct } as unknown as Stage;
    const step = (clipNorm?: number) =>
      trainingStep(stage, tf.train.sgd(0.5), {
        batch: { inputs: tf.ones([1, 1]), targets: tf.zeros([1]) },
        clipNorm,
      });
    return { step, weight: () => model.getWeights()[0]!.dataSync()[0] };
  }
  const square = (outputs: tf.Tensor) => tf.sum(tf.square(outputs)) as tf.Scalar;

  it('takes the gradient, or as much of it as the bound on its norm allows, and keeps no tensors', async () => {
    const { step, weight } = oneWeight(square);
    // The loss is w² = 9, its gradient 6; bounded by 2 it takes w to 3 - 0.5 · 2.
    expect(await step(2)).toEqual({ loss: 9, gradientNorm: 6, samples: 1, correct: 3 });
    expect(weight()).toBe(2);
    const before = tf.memory().numTensors;
    const { gradientNorm } = await step(10);
    expect(gradientNorm).toBe(4);
    expect(weight()).toBe(0);
    // The optimizer of each step keeps its rate.
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  it.each([
    ['loss', (w: tf.Tensor) => tf.sum(tf.exp(tf.mul(w, 1000))) as tf.Scalar],
    ['gradient', (w: tf.Tensor) => tf.sum(tf.sqrt(tf.relu(tf.sub(w, 3)))) as tf.Scalar],
  ])('leaves the weights alone where the %s is not finite', async (_, loss) => {
    const { step, weight } = oneWeight(loss);
    const result = await step();
    expect(Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm)).toBe(false);
    expect(weight()).toBe(3);
  });
});
