import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { NotInImageError } from './errors.js';
import { type MatrixLike, readSquare, toTensor } from './host-matrix.js';
import { normal } from './random.js';
import {
  checkMapOptions,
  checkMatrix,
  checkNumber,
  checkOptions,
  checkTolerance,
  checkUnits,
} from './validate.js';

export interface SymmetricSkewOptions {
  /** From 0 (symmetric) through 0.5 (M itself) to 1 (skew-symmetric). */
  beta?: number;
  /** Shift of every eigenvalue to the left. */
  gamma?: number;
}

function forward(M: tf.Tensor2D, options: SymmetricSkewOptions = {}): tf.Tensor2D {
  checkMapOptions('symmetricSkew', options, { beta: true, gamma: true });
  const { beta = 0.75, gamma = 0.001 } = options;
  checkMatrix('symmetricSkew', M);
  checkRanges('symmetricSkew', beta, gamma);
  // (1-β)(M+Mᵀ) + β(M-Mᵀ) = M + (1-2β)Mᵀ: one product fewer, and exact at β = 0, 1/2 and 1.
  return tf.tidy(() => {
    const mixed = tf.add(M, tf.mul(tf.transpose(M), 1 - 2 * beta));
    return tf.sub(mixed, tf.mul(tf.eye(M.shape[0]), gamma)) as tf.Tensor2D;
  });
}

/** Free parameters of a `units` by `units` matrix: units². */
function parameterCount(options: { units: number }): number {
  const where = 'symmetricSkew.parameterCount';
  checkOptions(where, options, { units: true });
  const { units } = options;
  checkUnits(where, units);
  return units * units;
}

/**
 * The M [units, units] that `symmetricSkew` turns into the given matrix. At beta = 0 (1) only its symmetric (skew)
 * part is determined, and the other part is returned as zero.
 *
 * Throws `NotInImageError` when beta is 0 (1) and the matrix, shifted back by gamma, is not symmetric (skew) within
 * `tolerance` times its largest entry.
 */
function inverse(
  matrix: MatrixLike,
  options: SymmetricSkewOptions & { tolerance?: number } = {},
): tf.Tensor2D {
  const where = 'symmetricSkew.inverse';
  const { symmetric, skew, beta, defect, limit } = parts(where, matrix, options);
  if (defect > limit) {
    const kind = beta === 0 ? 'symmetric' : 'skew-symmetric';
    const expected = `a ${kind} matrix minus gamma I (beta = ${beta}) within ${limit}`;
    throw new NotInImageError(
      where,
      expected,
      `one off by ${defect}`,
      'Choose beta strictly between 0 and 1.',
    );
  }
  if (beta < 1) symmetric.mul(1 / (2 * (1 - beta)));
  if (beta > 0) skew.mul(1 / (2 * beta));
  return toTensor(beta === 0 ? symmetric : beta === 1 ? skew : symmetric.add(skew));
}

/** Whether some M gives this matrix, within `tolerance` times its largest entry. Always true for 0 < beta < 1. */
function contains(matrix: MatrixLike, options: SymmetricSkewOptions & { tolerance?: number } = {}): boolean {
  const { defect, limit } = parts('symmetricSkew.contains', matrix, options);
  return defect <= limit;
}

/**
 * M [units, units] drawn as the Lipschitz RNN's code does: normal with standard deviation initStd / units (not
 * divided by its root). The same seed gives the same numbers on every backend.
 */
function sample(options: { units: number; initStd?: number; seed?: number }): tf.Tensor2D {
  const where = 'symmetricSkew.sample';
  checkOptions(where, options, { units: true, initStd: true, seed: true });
  const { units, initStd = 0.1, seed } = options;
  checkUnits(where, units);
  checkNumber(where, 'initStd', initStd, { range: 'a number of at least 0', within: (x) => x >= 0 });
  return normal(where, [units, units], { std: initStd / units, seed });
}

function parts(where: string, matrix: MatrixLike, options: SymmetricSkewOptions & { tolerance?: number }) {
  checkOptions(where, options, { beta: true, gamma: true, tolerance: true });
  const { beta = 0.75, gamma = 0.001, tolerance = 1e-4 } = options;
  checkRanges(where, beta, gamma);
  checkTolerance(where, tolerance);
  const shifted = readSquare(where, matrix);
  const limit = tolerance * shifted.clone().abs().max();
  shifted.add(Matrix.eye(shifted.rows).mul(gamma));
  const transposed = shifted.transpose();
  const symmetric = Matrix.add(shifted, transposed).mul(0.5);
  const skew = Matrix.sub(shifted, transposed).mul(0.5);
  const forbidden = beta === 0 ? skew : beta === 1 ? symmetric : undefined;
  return { symmetric, skew, beta, defect: forbidden ? forbidden.clone().abs().max() : 0, limit };
}

function checkRanges(where: string, beta: number, gamma: number): void {
  checkNumber(where, 'beta', beta, { range: 'a number in [0, 1]', within: (x) => x >= 0 && x <= 1 });
  checkNumber(where, 'gamma', gamma);
}

/**
 * The symmetric-skew matrix (1-β)(M+Mᵀ) + β(M-Mᵀ) - γI [units, units] of M [units, units], for A and W of the
 * Lipschitz RNN. There is no factor 1/2: β = 1/2 gives M - γI.
 *
 * beta tilts the eigenvalues from the real towards the imaginary axis, gamma moves them left. The real parts are at
 * most (1-β) λmax(M+Mᵀ) - γ, so gamma bounds them only as far as M is small.
 * The values of M are not inspected: NaN in, NaN out.
 *
 * Verbs: `parameterCount`, `inverse`, `contains`, `sample`. Throws `ParameterisationError` when M is not square, beta
 * outside [0, 1] or gamma not finite.
 *
 * Source: Erichson et al., Lipschitz Recurrent Neural Networks, ICLR 2021, the hidden-to-hidden matrices.
 */
export const symmetricSkew = /* @__PURE__ */ Object.assign(forward, {
  parameterCount,
  inverse,
  contains,
  sample,
});
