import * as tf from '@tensorflow/tfjs-core';
import { readMatrix, toTensor } from './host-matrix.js';
import { projection } from './projection.js';
import { rightSingular } from './right-singular.js';
import { checkMatrix, checkNumber } from './validate.js';

/**
 * The matrix nearest to M [rows, columns] in the Frobenius norm among those with spectral norm at most `bound`: every
 * singular value above the bound is lowered to it.
 *
 * Computed from a float64 decomposition on the host, which is skipped when a cheap bound of the norm already
 * suffices. A projection, for use after a step: taking its gradient throws `NotDifferentiableError`. Throws
 * `ParameterisationError` when M is not finite or bound is not above 0.
 *
 * Source: Miller and Hardt, Stable Recurrent Models, ICLR 2019, the constraint of a stable RNN.
 */
export function projectSpectralNorm(M: tf.Tensor2D, bound: number): tf.Tensor2D {
  const where = 'projectSpectralNorm';
  checkMatrix(where, M, { square: false });
  checkNumber(where, 'bound', bound, { range: 'a number above 0', within: (x) => x > 0 });
  return projection(where, M, (x) => {
    const host = readMatrix(where, x);
    if (host.norm() <= bound) return tf.clone(x);
    for (;;) {
      const { vectors, values } = rightSingular(host);
      const excess = values.map((value) => Math.max(0, 1 - bound / value));
      // M V diag(1 - bound/s) Vᵀ is what lies above the bound; a value at or below it keeps its part of M untouched.
      host.sub(host.mmul(vectors).mulRowVector(excess).mmul(vectors.transpose()));
      // Values below 1e-4 of the largest come out to less than float32 beside it: where the bound is one, they come next.
      if (bound >= 1e-4 * values.at(-1)!) return toTensor(host);
    }
  });
}
