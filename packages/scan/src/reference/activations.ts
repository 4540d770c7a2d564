import {
  abs,
  add,
  clipByValue,
  mul,
  relu,
  sigmoid,
  sign,
  type Tensor,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import type { CellActivation } from '../problem.js';

export const activations: Record<CellActivation, (z: Tensor2D) => Tensor2D> = {
  tanh,
  relu,
  sigmoid,
  linear: (z) => z,
};

export const recurrentActivations: Record<'sigmoid' | 'hardSigmoid', (z: Tensor2D) => Tensor2D> = {
  sigmoid,
  // As in tf.layers: 0.2 z + 0.5, cut off at 0 and 1.
  hardSigmoid: (z) => clipByValue(add<Tensor2D>(mul(z, 0.2), 0.5), 0, 1),
};

/** sign(z) · max(|z| + b, 0): the real form of modReLU (Arjovsky et al. 2016). Without a threshold it is the identity. */
export function modRelu(z: Tensor2D, threshold: Tensor | undefined): Tensor2D {
  return threshold ? mul(sign(z), relu(add(abs(z), threshold))) : z;
}
