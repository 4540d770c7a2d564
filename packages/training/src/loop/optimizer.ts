import * as tf from '@tensorflow/tfjs-core';
import type { BaseConfig } from '../options/base-config.js';

export const optimizerNames = ['adam', 'sgd', 'rmsprop', 'adagrad'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** The optimizer that the configuration names. */
export function makeOptimizer({ optimizer, learningRate, momentum }: BaseConfig): tf.Optimizer {
  return optimizerOf(optimizer, learningRate, { momentum });
}

/** An optimizer by its name; `momentum` is of sgd. */
export function optimizerOf(
  name: OptimizerName,
  learningRate: number,
  { momentum = 0 }: { momentum?: number } = {},
): tf.Optimizer {
  switch (name) {
    case 'adam':
      return tf.train.adam(learningRate);
    case 'sgd':
      return momentum > 0 ? tf.train.momentum(learningRate, momentum) : tf.train.sgd(learningRate);
    case 'rmsprop':
      return tf.train.rmsprop(learningRate);
    case 'adagrad':
      return tf.train.adagrad(learningRate);
  }
}

/** The learning rate in an epoch (from 0): multiplied by `decayFactor` at each of `decayEpochs`. */
export function learningRateAt(
  { learningRate, decayFactor, decayEpochs }: BaseConfig,
  epoch: number,
): number {
  return learningRate * decayFactor ** decayEpochs.filter((at) => epoch >= at).length;
}

/** Changes the rate of the steps to come. */
export function setLearningRate(optimizer: tf.Optimizer, learningRate: number): void {
  // SGD and momentum keep a tensor of the rate, which a method replaces; the others read a field at every step.
  const own = optimizer as unknown as { setLearningRate?: (rate: number) => void; learningRate: number };
  if (own.setLearningRate) own.setLearningRate(learningRate);
  else own.learningRate = learningRate;
}
