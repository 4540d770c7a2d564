import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedArray } from '../run/checkpoint-file.js';

/** A copy of a model's weights, in the model's own order. */
export function modelWeights(model: LayersModel): NamedArray[] {
  const tensors = model.getWeights();
  return model.weights.map(({ name, shape }, i) => ({
    name,
    shape: shape as number[],
    values: Float32Array.from((tensors[i] as tf.Tensor).dataSync()),
  }));
}

/** Puts saved weights into a model of the same architecture, by their order. */
export function setModelWeights(model: LayersModel, saved: NamedArray[]): void {
  const tensors = saved.map(({ values, shape }) => tf.tensor(values, shape, 'float32'));
  model.setWeights(tensors);
  tf.dispose(tensors);
}
