import { described } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { NotInImageError, ParameterisationError } from './errors.js';
import { type MatrixLike, orthogonalityDefect, readSquare, triangleTensor } from './host-matrix.js';
import { invert, invertInPlace } from './invert.js';
import { type RotationOptions, rotationBlocks } from './rotation-blocks.js';
import { skew } from './triangle.js';
import { checkMapOptions, checkOptions, checkTolerance, checkTriangle, checkUnits } from './validate.js';

export interface CayleySignsOptions {
  /** The diagonal of D, each +1 or -1; all +1 when left out. */
  signs?: ArrayLike<number>;
}

function forward(v: tf.Tensor1D, options: { units: number } & CayleySignsOptions): tf.Tensor2D {
  checkMapOptions('cayley', options, { units: true, signs: true });
  const { units, signs } = options;
  checkTriangle('cayley', v, units);
  const diagonal = readSigns('cayley', { units, signs });
  return tf.tidy(() => {
    const identity = tf.eye(units);
    // (I+A)⁻¹(I-A) = 2(I+A)⁻¹ - I, which saves the product.
    const X = invert(tf.add(identity, skew(v, units)) as tf.Tensor2D, 'cayley');
    const rotation = tf.sub(tf.mul(X, 2), identity) as tf.Tensor2D;
    return signs === undefined
      ? rotation
      : (tf.mul(rotation, tf.tensor1d(diagonal, 'float32')) as tf.Tensor2D);
  });
}

/** Free parameters of a `units` by `units` matrix: units(units-1)/2. */
function parameterCount(options: { units: number }): number {
  const where = 'cayley.parameterCount';
  checkOptions(where, options, { units: true });
  const { units } = options;
  checkUnits(where, units);
  return (units * (units - 1)) / 2;
}

/**
 * The free parameters [units(units-1)/2] of an orthogonal W for these signs: the strict upper triangle of
 * (I+WD)⁻¹(I-WD).
 *
 * Throws `NotInImageError` when W is not orthogonal, or WD has an eigenvalue -1, both within `tolerance`. For every
 * orthogonal W some signs work; close to the limit the parameters lose digits as the square of the largest of them.
 */
function inverse(matrix: MatrixLike, options: CayleySignsOptions & { tolerance?: number } = {}): tf.Tensor1D {
  const { A, problem } = skewOf('cayley.inverse', matrix, options);
  if (problem) {
    const expected = 'an orthogonal matrix W such that WD has no eigenvalue -1';
    throw new NotInImageError(
      'cayley.inverse',
      expected,
      problem,
      'Try other signs, or nearestOrthogonal(W) first.',
    );
  }
  return triangleTensor(A);
}

/** Whether W is orthogonal and WD has no eigenvalue -1, both within `tolerance`. */
function contains(matrix: MatrixLike, options: CayleySignsOptions & { tolerance?: number } = {}): boolean {
  return skewOf('cayley.contains', matrix, options).problem === undefined;
}

/**
 * Free parameters [units(units-1)/2] with 2 by 2 blocks, as scoRNN and expRNN start. The same seed gives the same
 * numbers on every backend.
 */
function sample(options: RotationOptions): tf.Tensor1D {
  return rotationBlocks('cayley.sample', options);
}

/** The diagonal of scoRNN's D: ones, the last `negatives` of them -1 (17 of 170 in its MNIST runs). */
function signs(options: { units: number; negatives: number }): number[] {
  const where = 'cayley.signs';
  checkOptions(where, options, { units: true, negatives: true });
  const { units, negatives } = options;
  checkUnits(where, units);
  if (!Number.isInteger(negatives) || negatives < 0 || negatives > units) {
    throw new ParameterisationError(
      where,
      `negatives, an integer from 0 to ${units}`,
      described(negatives),
      'Count the -1s.',
    );
  }
  return Array.from({ length: units }, (_, i) => (i < units - negatives ? 1 : -1));
}

function skewOf(
  where: string,
  matrix: MatrixLike,
  options: CayleySignsOptions & { tolerance?: number },
): { A: Matrix; problem?: string } {
  checkOptions(where, options, { signs: true, tolerance: true });
  const { signs, tolerance = 1e-4 } = options;
  checkTolerance(where, tolerance);
  const W = readSquare(where, matrix);
  const units = W.rows;
  const diagonal = readSigns(where, { units, signs });
  const defect = orthogonalityDefect(W);
  if (defect > tolerance) return { A: W, problem: `one with |WᵀW - I| up to ${defect}` };
  W.mulRowVector(diagonal);
  const shifted = Float64Array.from(Matrix.add(W, Matrix.eye(units)).to1DArray());
  try {
    invertInPlace(shifted, units, where);
  } catch {
    return { A: W, problem: 'an eigenvalue -1' };
  }
  const A = Matrix.from1DArray(units, units, Array.from(shifted)).mul(2).sub(Matrix.eye(units));
  A.sub(A.transpose()).mul(0.5);
  const largest = A.clone().abs().max();
  return largest * tolerance < 2 ? { A } : { A, problem: `an eigenvalue within ${2 / largest} of -1` };
}

function readSigns(where: string, { units, signs }: { units: number } & CayleySignsOptions): number[] {
  const given = signs === undefined ? new Array<number>(units).fill(1) : signs;
  const diagonal = typeof given === 'object' && given !== null ? Array.from(given) : [];
  if (diagonal.length !== units || diagonal.some((sign) => sign !== 1 && sign !== -1)) {
    const expected = `signs, ${units} numbers each 1 or -1`;
    throw new ParameterisationError(
      where,
      expected,
      Array.isArray(given) ? `[${given.map(described).join(', ')}]` : described(given),
      'cayley.signs({ units, negatives }) makes them.',
    );
  }
  return diagonal;
}

/**
 * The orthogonal matrix (I+A)⁻¹(I-A)D [units, units], where A is skew with v [units(units-1)/2] as its strict upper
 * triangle and D is the diagonal of `signs`. Its determinant is the product of the signs.
 *
 * I+A is solved in float64 on the host, so the result is orthogonal to float32 rounding for A of any size; that reads
 * units² numbers back from the device. The gradient stays on the device, and derivatives of any order work.
 * Costs about 8 ms at 170 units and 75 ms at 360.
 *
 * Verbs: `parameterCount`, `inverse`, `contains`, `sample`, `signs`. Throws `ParameterisationError` when v has
 * another length or is not finite, or signs are not ±1.
 *
 * Source: Helfrich, Willmott and Ye, Orthogonal Recurrent Neural Networks with Scaled Cayley Transform, ICML 2018.
 */
export const cayley = /* @__PURE__ */ Object.assign(forward, {
  parameterCount,
  inverse,
  contains,
  sample,
  signs,
});
