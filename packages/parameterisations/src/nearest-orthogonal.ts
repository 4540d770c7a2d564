import type * as tf from '@tensorflow/tfjs-core';
import { SingularValueDecomposition } from 'ml-matrix';
import { ParameterisationError } from './errors.js';
import { readMatrix, toTensor } from './host-matrix.js';
import { projection } from './projection.js';
import { checkMatrix } from './validate.js';

/**
 * The orthogonal matrix nearest to M in the Frobenius norm: its polar factor U Vᵀ, of M's shape. A matrix that is not
 * square gives orthonormal columns (tall) or rows (wide).
 *
 * Computed from a float64 decomposition on the host. A projection, for use after a step: taking its gradient throws
 * `NotDifferentiableError`. Throws `ParameterisationError` when M is not finite, or has not full rank within float32
 * rounding, when no orthogonal matrix is the single nearest one.
 */
export function nearestOrthogonal(M: tf.Tensor2D): tf.Tensor2D {
  const where = 'nearestOrthogonal';
  checkMatrix(where, M, { square: false });
  return projection(where, M, (x) => {
    const svd = new SingularValueDecomposition(readMatrix(where, x), { autoTranspose: true });
    const largest = svd.diagonal[0]!;
    const smallest = svd.diagonal[Math.min(...x.shape) - 1]!;
    // Below this the rounding of the entries decides the factor.
    if (!(smallest > largest * Math.max(...x.shape) * 2 ** -23)) {
      const got = `singular values from ${largest} down to ${smallest}`;
      throw new ParameterisationError(
        where,
        'a matrix of full rank',
        got,
        'Add a little noise, or start from another matrix.',
      );
    }
    return toTensor(svd.leftSingularVectors.mmul(svd.rightSingularVectors.transpose()));
  });
}
