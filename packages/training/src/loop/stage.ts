import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { CarriedState } from './carried-state.js';

/** Numbers that say how good a model is, by name. */
export type Metrics = Record<string, number>;

export interface Batch {
  inputs: tf.Tensor | tf.Tensor[];
  targets: tf.Tensor;
}

/**
 * One model trained by one optimizer. A task has one stage or several, run one after the other; everything
 * is decided by the configuration and the position, so that a stage can be entered at any step.
 */
export interface Stage {
  /** Short, for files and metrics. */
  name: string;
  /** For people. */
  title: string;
  model: LayersModel;
  /** The recurrent layer of the model. */
  layer: layers.Layer;
  batchesPerEpoch: number;
  /** The batch at a position; the caller disposes of its tensors. */
  batch(epoch: number, index: number): Batch;
  /** What the loss is computed from, where it is not the model's output. */
  outputs?(inputs: Batch['inputs']): tf.Tensor;
  /** What `outputs` carries from batch to batch; reset when an epoch begins. */
  carried?: CarriedState;
  /** The mean loss over a batch. */
  loss(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;
  /** How many of a batch are right, where that makes sense. */
  correct?(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar;
  /** Measures the model on data held out of training. */
  evaluate(split: 'validation' | 'test'): Promise<Metrics>;
  /** What the best epoch is chosen by, on the validation data. */
  select: { metric: string; better: 'larger' | 'smaller' };
  /** The first test sequences, for analysis; the caller disposes of the tensors. */
  testInputs(count: number): Batch['inputs'];
  /** Every state of the recurrent layer on a batch, [batch, time, units], for the message on divergence. */
  states(inputs: Batch['inputs']): tf.Tensor;
}
