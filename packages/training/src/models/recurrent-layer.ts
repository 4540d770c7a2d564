import * as tf from '@tensorflow/tfjs-core';
import type { LayerPlace, RecurrentLayer } from '../cells/cell.js';
import { cellOf } from '../cells/index.js';
import type { BaseConfig } from '../options/base-config.js';

/** The recurrent layer that the configuration names, with weights drawn from its seed. */
export function recurrentLayer(
  config: BaseConfig,
  given: Omit<LayerPlace, 'units' | 'seed'>,
): RecurrentLayer {
  const { cell, units, seed } = config;
  return cellOf(cell).layer(config, { units, seed, ...given });
}

/**
 * All states of a built layer on some inputs, [batch, time, units], whatever the layer itself returns. Called on
 * failure only: the copy of the layer stays in memory.
 */
export function stateSequence(layer: RecurrentLayer, inputs: tf.Tensor): tf.Tensor {
  const LayerClass = layer.constructor as new (config: object) => RecurrentLayer;
  const copy = new LayerClass({ ...layer.getConfig(), returnSequences: true, name: `${layer.name}_states` });
  copy.build(inputs.shape);
  copy.setWeights(layer.getWeights());
  return copy.apply(inputs) as tf.Tensor;
}

/** Draws every weight of a built layer anew, from U(-range, range): the p of Vogt et al. 2022. */
export function initialiseUniformly(
  layer: RecurrentLayer,
  { range, seed }: { range: number; seed: number },
): void {
  const weights = layer.getWeights().map(({ shape }, i) => {
    // A text, since tfjs takes the number 0 for no seed.
    return tf.randomUniform(shape, -range, range, 'float32', `${seed}:${i}`);
  });
  layer.setWeights(weights);
  tf.dispose(weights);
}
