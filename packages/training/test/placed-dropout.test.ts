import '@tensorflow/tfjs-backend-cpu';
import { rmSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { PlacedDropout } from '../src/models/placed-dropout.js';
import { loadModel, saveModel } from '../src/run/saved-model.js';
import { temporaryFolder } from './temporary-folder.js';

/** Which of 200 ones a model in training lets through; two masks are the same by chance once in 2^200. */
function mask(model: tfl.LayersModel): number[] {
  return tf.tidy(() => [...(model.apply(tf.ones([1, 200]), { training: true }) as tf.Tensor).dataSync()]);
}

it('draws the mask of a place again there, and a saved model draws a new one each time it trains', async () => {
  await tf.setBackend('cpu');
  const dropout = new PlacedDropout({ rate: 0.5, seed: 1 });
  const model = tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: [200] }), dropout.layer] });
  const at = (epoch: number, batch: number): number[] => {
    dropout.moveTo(epoch, batch);
    return mask(model);
  };
  const [first, second] = [at(0, 0), at(0, 1)];
  expect(second).not.toEqual(first);
  expect(at(0, 0)).toEqual(first);

  const folder = temporaryFolder();
  await saveModel(model, folder, { config: {}, test: {} });
  const loaded = await loadModel(folder);
  rmSync(folder, { recursive: true });
  expect(mask(loaded)).not.toEqual(mask(loaded));
});
