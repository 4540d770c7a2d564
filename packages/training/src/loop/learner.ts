import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { CarriedState } from './carried-state.js';

/** Numbers that say how good a model is, by name. */
export type Metrics = Record<string, number>;

export interface Batch {
  inputs: tf.Tensor | tf.Tensor[];
  targets: tf.Tensor;
}

/** A model of tf.layers and its loss. */
export interface ModelLearner {
  model: LayersModel;
  /** What the loss is computed from, where it is not the model's output. */
  outputs?(inputs: Batch['inputs']): tf.Tensor;
  /** The mean loss over a batch. */
  loss(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;
  /** How many of a batch are right, where that makes sense. */
  correct?(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;
}

/** Weights of any kind, and the mean loss over a batch as a function of them. */
export interface WeightsLearner {
  weights: readonly tf.Variable[];
  loss(batch: Batch): tf.Scalar;
}

/** What descends: weights and their loss. */
export type Learner = ModelLearner | WeightsLearner;

/** Where the batches come from. Every batch is decided by its place, so that training can start at any. */
export interface BatchSource {
  batchesPerEpoch: number;
  /** The batch at a place; the caller disposes of its tensors. */
  batch(epoch: number, index: number): Batch;
  /** What goes from batch to batch; reset when an epoch begins. */
  carried?: CarriedState;
}

/** The weights that training moves. */
export function trainableWeights(learner: Learner): tf.Variable[] {
  return 'model' in learner
    ? learner.model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    : [...learner.weights];
}

/** The mean loss over a batch, and how many of it are right where the learner counts them; for a tidy. */
export function lossOf(
  learner: Learner,
  batch: Batch,
  { training = true } = {},
): { loss: tf.Scalar; correct?: tf.Scalar } {
  if (!('model' in learner)) return { loss: learner.loss(batch) };
  const { inputs, targets } = batch;
  const outputs = learner.outputs?.(inputs) ?? (learner.model.apply(inputs, { training }) as tf.Tensor);
  const correct = learner.correct?.(outputs, targets);
  return { loss: learner.loss(outputs, targets), ...(correct !== undefined && { correct }) };
}
