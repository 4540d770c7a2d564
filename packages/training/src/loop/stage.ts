import type * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { Batch, BatchSource, Metrics, ModelLearner } from './learner.js';

/** What measures a learner on data held out of training, and chooses its best epoch. */
export interface Judge {
  evaluate(split: 'validation' | 'test'): Promise<Metrics>;
  /** What the best epoch is chosen by, on the validation data; without that metric the last epoch is. */
  select: { metric: string; better: 'larger' | 'smaller' };
}

/**
 * One model trained by one optimizer. A task has one stage or several, run one after the other; everything
 * is decided by the configuration and the place, so that a stage can be entered at any step.
 */
export interface Stage extends ModelLearner, BatchSource, Judge {
  /** Short, for files and metrics. */
  name: string;
  /** For people. */
  title: string;
  /** The recurrent layer of the model. */
  layer: layers.Layer;
  /** The first test sequences, for analysis; the caller disposes of the tensors. */
  testInputs(count: number): Batch['inputs'];
  /** Every state of the recurrent layer on a batch, [batch, time, units], for the message on divergence. */
  states(inputs: Batch['inputs']): tf.Tensor;
}
