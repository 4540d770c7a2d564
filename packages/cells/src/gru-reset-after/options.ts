import type { CellActivation } from '@hurwitz/scan';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The activations of the step. */
export interface ResetAfterAttributes {
  activation: CellActivation;
  recurrentActivation: 'sigmoid' | 'hardSigmoid';
}

export interface ResetAfterOptions extends ResetAfterAttributes {
  /** [units, 3 units], multiplies rows as in tf.layers. */
  recurrentKernel: Tensor;
  /** Shape [2, 3 units], the bias of the input and the recurrent one. */
  bias?: Tensor;
}
