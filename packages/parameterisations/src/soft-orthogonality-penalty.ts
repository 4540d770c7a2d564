import * as tf from '@tensorflow/tfjs-core';
import { product } from './product.js';
import { checkMatrix } from './validate.js';

/**
 * ‖WᵀW - I‖_F², a scalar: 0 when the columns of W [rows, columns] are orthonormal. Add it to a loss, times a weight
 * of your choice. Differentiable any number of times; the values are not inspected.
 *
 * Throws `ParameterisationError` when W is not a matrix.
 *
 * Source: Jose, Cissé and Fleuret, Kronecker Recurrent Units, ICML 2018, there for each factor.
 */
export function softOrthogonalityPenalty(W: tf.Tensor2D): tf.Scalar {
  checkMatrix('softOrthogonalityPenalty', W, { square: false, name: 'W' });
  return tf.tidy(() => {
    const defect = tf.sub(product(tf.transpose(W), W), tf.eye(W.shape[1]));
    return tf.sum(tf.mul(defect, defect)) as tf.Scalar;
  });
}
