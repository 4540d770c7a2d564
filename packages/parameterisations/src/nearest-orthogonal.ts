import type * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { ParameterisationError } from './errors.js';
import { readMatrix, toTensor } from './host-matrix.js';
import { projection } from './projection.js';
import { rightSingular } from './right-singular.js';
import { checkMatrix } from './validate.js';

const where = 'nearestOrthogonal';

/**
 * The orthogonal matrix nearest to M in the Frobenius norm: its polar factor U Vᵀ, of M's shape. A matrix that is not
 * square gives orthonormal columns (tall) or rows (wide).
 *
 * Computed from a float64 decomposition on the host. A projection, for use after a step: taking its gradient throws
 * `NotDifferentiableError`. Throws `ParameterisationError` when M is not finite, or has not full rank within float32
 * rounding, when no orthogonal matrix is the single nearest one.
 */
export function nearestOrthogonal(M: tf.Tensor2D): tf.Tensor2D {
  checkMatrix(where, M, { square: false });
  return projection(where, M, (x) => {
    const host = readMatrix(where, x);
    return toTensor(host.rows < host.columns ? polarFactor(host.transpose()).transpose() : polarFactor(host));
  });
}

/** M (MᵀM)^(-1/2) for M with at least as many rows as columns. */
function polarFactor(M: Matrix): Matrix {
  const { vectors, values } = rightSingular(M);
  const [smallest, largest] = [values[0]!, values.at(-1)!];
  // Below this the rounding of the float32 entries decides the factor.
  if (!(smallest > largest * M.rows * 2 ** -23)) {
    const got = `singular values from ${largest} down to ${smallest}`;
    throw new ParameterisationError(
      where,
      'a matrix of full rank',
      got,
      'Add a little noise, or start from another matrix.',
    );
  }
  const inverseRoots = values.map((value) => 1 / value);
  const Q = M.mmul(vectors).mulRowVector(inverseRoots).mmul(vectors.transpose());
  // One Newton-Schulz step, Q (3I - QᵀQ) / 2, takes away what squaring cost an ill-conditioned M.
  const correction = Matrix.eye(M.columns).mul(3).sub(Q.transpose().mmul(Q));
  return Q.mmul(correction).mul(0.5);
}
