import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { NotInImageError } from './errors.js';
import { type MatrixLike, readSquare, triangleTensor } from './host-matrix.js';
import { normal } from './random.js';
import { skew } from './triangle.js';
import {
  checkMapOptions,
  checkNumber,
  checkOptions,
  checkTolerance,
  checkTriangle,
  checkUnits,
} from './validate.js';

function forward(v: tf.Tensor1D, options: { units: number; gamma?: number }): tf.Tensor2D {
  checkMapOptions('antisymmetric', options, { units: true, gamma: true });
  const { units, gamma = 0 } = options;
  checkTriangle('antisymmetric', v, units);
  checkNumber('antisymmetric', 'gamma', gamma);
  return tf.tidy(() => tf.sub(skew(v, units), tf.mul(tf.eye(units), gamma)) as tf.Tensor2D);
}

/** Free parameters of a `units` by `units` matrix: units(units-1)/2. */
function parameterCount(options: { units: number }): number {
  const where = 'antisymmetric.parameterCount';
  checkOptions(where, options, { units: true });
  const { units } = options;
  checkUnits(where, units);
  return (units * (units - 1)) / 2;
}

/**
 * The strict upper triangle [units(units-1)/2] that `antisymmetric` turns into the given matrix.
 * Throws `NotInImageError` when the matrix plus gamma I is not skew within `tolerance` times its largest entry.
 */
function inverse(matrix: MatrixLike, options: { gamma?: number; tolerance?: number } = {}): tf.Tensor1D {
  const where = 'antisymmetric.inverse';
  const { shifted, gamma, defect, limit } = skewDefect(where, matrix, options);
  if (defect > limit) {
    const expected = `a skew-symmetric matrix minus ${gamma} I within ${limit}`;
    throw new NotInImageError(
      where,
      expected,
      `one off by ${defect}`,
      'Pass the gamma that the matrix was made with.',
    );
  }
  return triangleTensor(shifted.sub(shifted.transpose()).mul(0.5));
}

/** Whether the matrix plus gamma I is skew-symmetric within `tolerance` times the matrix' largest entry. */
function contains(matrix: MatrixLike, options: { gamma?: number; tolerance?: number } = {}): boolean {
  const { defect, limit } = skewDefect('antisymmetric.contains', matrix, options);
  return defect <= limit;
}

/**
 * Free parameters drawn as in the AntisymmetricRNN paper: normal with variance sigma² / units. The same seed gives
 * the same numbers on every backend.
 */
function sample(options: { units: number; sigma?: number; seed?: number }): tf.Tensor1D {
  const where = 'antisymmetric.sample';
  checkOptions(where, options, { units: true, sigma: true, seed: true });
  const { units, sigma = 1, seed } = options;
  checkUnits(where, units);
  checkNumber(where, 'sigma', sigma, { range: 'a number of at least 0', within: (x) => x >= 0 });
  return normal(where, [parameterCount({ units })], { std: sigma / Math.sqrt(units), seed });
}

function skewDefect(where: string, matrix: MatrixLike, options: { gamma?: number; tolerance?: number }) {
  checkOptions(where, options, { gamma: true, tolerance: true });
  const { gamma = 0, tolerance = 1e-4 } = options;
  checkNumber(where, 'gamma', gamma);
  checkTolerance(where, tolerance);
  const shifted = readSquare(where, matrix);
  const limit = tolerance * shifted.clone().abs().max();
  shifted.add(Matrix.eye(shifted.rows).mul(gamma));
  const defect = Matrix.add(shifted, shifted.transpose()).mul(0.5).abs().max();
  return { shifted, gamma, defect, limit };
}

/**
 * The antisymmetric matrix U - Uᵀ - γI [units, units], where the strict upper triangle U holds v
 * [units(units-1)/2] row by row. Every eigenvalue has real part exactly -γ. The values of v are not inspected.
 *
 * Verbs: `parameterCount`, `inverse`, `contains`, `sample`. Throws `ParameterisationError` when v has another length
 * or gamma is not finite.
 *
 * Source: Chang et al., AntisymmetricRNN: A Dynamical System View on Recurrent Neural Networks, ICLR 2019.
 */
export const antisymmetric = /* @__PURE__ */ Object.assign(forward, {
  parameterCount,
  inverse,
  contains,
  sample,
});
