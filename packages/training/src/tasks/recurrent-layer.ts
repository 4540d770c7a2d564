import {
  antisymmetricRNN,
  cayleyRNN,
  exponentialRNN,
  gru,
  lipschitzRNN,
  lstm,
  residualRNN,
  vanillaRNN,
} from '@hurwitz/cells';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Config } from '../config/schema.js';

type Layer = InstanceType<typeof tfl.RNN>;
type Initializer = ReturnType<typeof tfl.initializers.randomUniform>;

/** The recurrent layer that the configuration names, with weights drawn from its seed. */
export function recurrentLayer(
  config: Config,
  given: {
    name: string;
    returnSequences: boolean;
    returnState?: boolean;
    kernelInitializer?: Initializer;
    biasInitializer?: 'zeros';
    vocabularySize?: number;
  },
): Layer {
  const { units, epsilon, betaA, gammaA, betaW, gammaW, scheme, gated, activation, initStd, seed } = config;
  const common = { units, seed, ...given };
  switch (config.cell) {
    case 'lipschitz':
      return lipschitzRNN({ ...common, epsilon, betaA, gammaA, betaW, gammaW, scheme, gated, initStd });
    case 'antisymmetric':
      return antisymmetricRNN({ ...common, epsilon, gamma: gammaW, gated });
    case 'vanilla':
      return vanillaRNN({ ...common, activation });
    case 'residual':
      return residualRNN({ ...common, epsilon, activation });
    case 'cayley':
      return cayleyRNN({ ...common, activation });
    case 'exponential':
      return exponentialRNN({ ...common, activation });
    case 'lstm':
      return lstm({ ...common, recurrentActivation: 'sigmoid' });
    case 'gru':
      return gru({ ...common, recurrentActivation: 'sigmoid' });
  }
}

/**
 * All states of a built layer on some inputs, [batch, time, units], whatever the layer itself returns. Called on
 * failure only: the copy of the layer stays in memory.
 */
export function stateSequence(layer: Layer, inputs: tf.Tensor): tf.Tensor {
  const LayerClass = layer.constructor as new (config: object) => Layer;
  const copy = new LayerClass({ ...layer.getConfig(), returnSequences: true, name: `${layer.name}_states` });
  copy.build(inputs.shape);
  copy.setWeights(layer.getWeights());
  return copy.apply(inputs) as tf.Tensor;
}

/** Draws every weight of a built layer anew, from U(-range, range): the p of Vogt et al. 2022. */
export function initialiseUniformly(layer: Layer, { range, seed }: { range: number; seed: number }): void {
  const weights = layer.getWeights().map(({ shape }, i) => {
    // A text, since tfjs takes the number 0 for no seed.
    return tf.randomUniform(shape, -range, range, 'float32', `${seed}:${i}`);
  });
  layer.setWeights(weights);
  tf.dispose(weights);
}
