import * as tf from '@tensorflow/tfjs-core';
import type { NamedArray } from '../run/checkpoint-file.js';
import type { Learner } from './learner.js';

/** A copy of all weights of a learner, in their own order; of a model, those that do not train too. */
export function savedWeights(learner: Learner): NamedArray[] {
  if (!('model' in learner)) return learner.weights.map((weight) => toArray(weight.name, weight));
  const tensors = learner.model.getWeights();
  return learner.model.weights.map(({ name }, i) => toArray(name, tensors[i] as tf.Tensor));
}

/** Puts saved weights into a learner of the same architecture, by their order. */
export function setWeights(learner: Learner, saved: readonly NamedArray[]): void {
  const tensors = saved.map(({ values, shape }) => tf.tensor(values, shape, 'float32'));
  if ('model' in learner) learner.model.setWeights(tensors);
  else for (const [i, weight] of learner.weights.entries()) weight.assign(tensors[i] as tf.Tensor);
  tf.dispose(tensors);
}

function toArray(name: string, tensor: tf.Tensor): NamedArray {
  return { name, shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) };
}
