import * as tf from '@tensorflow/tfjs-core';
import { determinant, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { NotInImageError, ParameterisationError } from './errors.js';
import { type MatrixLike, orthogonalityDefect, readSquare, triangleTensor } from './host-matrix.js';
import { product } from './product.js';
import { type RotationOptions, rotationBlocks } from './rotation-blocks.js';
import { skew } from './triangle.js';
import { checkMapOptions, checkOptions, checkTolerance, checkTriangle, checkUnits } from './validate.js';

/** Norm up to which Taylor's degree 12 is exact to float32: 1.3¹³/13! = 5e-9. */
const LARGEST_SCALED_NORM = 1.3;

/** 2²⁰ float32 roundings are 0.06 rad: beyond this many squarings an angle has no correct digit. */
const MOST_SQUARINGS = 20;

function forward(v: tf.Tensor1D, options: { units: number }): tf.Tensor2D {
  checkMapOptions('exponential', options, { units: true });
  const { units } = options;
  checkTriangle('exponential', v, units);
  return tf.tidy(() => {
    const A = skew(v, units);
    const A2 = product(A, A);
    const squarings = squaringsFor(A2);
    let W = taylor12(tf.mul(A, 2 ** -squarings) as tf.Tensor2D, tf.mul(A2, 4 ** -squarings) as tf.Tensor2D);
    for (let k = 0; k < squarings; k++) W = product(W, W);
    return W;
  });
}

/** How often to halve A. For a normal matrix ‖A‖₂² = ‖A²‖₂ ≤ ‖A²‖₁, a sharper bound than ‖A‖₁ for the same read. */
function squaringsFor(A2: tf.Tensor2D): number {
  const norm = Math.sqrt(tf.max(tf.sum(tf.abs(A2), 0)).dataSync()[0]!);
  const squarings = Math.max(0, Math.ceil(Math.log2(norm / LARGEST_SCALED_NORM)));
  if (!(squarings <= MOST_SQUARINGS)) {
    throw new ParameterisationError(
      'exponential',
      `free parameters with a skew matrix of norm below ${Math.round(LARGEST_SCALED_NORM * 2 ** MOST_SQUARINGS)}`,
      `a norm near ${norm}`,
      'Lower the learning rate, or clip the gradient of the recurrent weights.',
    );
  }
  return squarings;
}

/** Σ Aᵏ/k! up to k = 12, by Paterson and Stockmeyer in powers of A³: five products with A² included. */
function taylor12(A: tf.Tensor2D, A2: tf.Tensor2D): tf.Tensor2D {
  const A3 = product(A2, A);
  const identity = tf.eye(A.shape[0]);
  let factorial = 479001600; // 12!
  let sum = tf.mul(A3, 1 / factorial);
  for (let degree = 11; degree >= 0; degree--) {
    factorial /= degree + 1;
    const power = [identity, A, A2][degree % 3]!;
    sum = tf.add(sum, tf.mul(power, 1 / factorial));
    if (degree % 3 === 0 && degree > 0) sum = product(A3, sum as tf.Tensor2D);
  }
  return sum as tf.Tensor2D;
}

/** Free parameters of a `units` by `units` matrix: units(units-1)/2. */
function parameterCount(options: { units: number }): number {
  const where = 'exponential.parameterCount';
  checkOptions(where, options, { units: true });
  const { units } = options;
  checkUnits(where, units);
  return (units * (units - 1)) / 2;
}

/**
 * The free parameters [units(units-1)/2] of a rotation W: the strict upper triangle of its principal logarithm, whose
 * angles all lie below π. So `exponential(inverse(W))` is W, but parameters with larger angles do not come back.
 *
 * Throws `NotInImageError` when W is not orthogonal within `tolerance`, or turns some plane by an angle within
 * `tolerance` of π (a determinant of -1 included), where no unique logarithm exists.
 */
function inverse(matrix: MatrixLike, options: { tolerance?: number } = {}): tf.Tensor1D {
  const where = 'exponential.inverse';
  checkOptions(where, options, { tolerance: true });
  const { tolerance = 1e-4 } = options;
  checkTolerance(where, tolerance);
  const W = readSquare(where, matrix);
  const defect = orthogonalityDefect(W);
  if (defect > tolerance) {
    const got = `one with |WᵀW - I| up to ${defect}`;
    throw new NotInImageError(where, 'an orthogonal matrix', got, 'Try nearestOrthogonal(W) first.');
  }
  const { log, largestAngle } = principalLogarithm(W);
  if (largestAngle > Math.PI - tolerance) {
    const got = `an angle of ${largestAngle} (determinant -1, or a half turn)`;
    throw new NotInImageError(
      where,
      'a rotation with every angle below π',
      got,
      'Use cayley with signs for such a matrix.',
    );
  }
  return triangleTensor(log);
}

/**
 * log W = S θ/sin θ, where S = (W-Wᵀ)/2 and the angles θ come from the eigenvectors of C = (W+Wᵀ)/2 = cos θ, which
 * commutes with S. The sine is |S x| for an eigenvector x, so an angle keeps its digits also where its cosine is flat.
 */
function principalLogarithm(W: Matrix): { log: Matrix; largestAngle: number } {
  const Wt = W.transpose();
  const C = Matrix.add(W, Wt).mul(0.5);
  const S = Matrix.sub(W, Wt).mul(0.5);
  const { eigenvectorMatrix: X, realEigenvalues: cosines } = new EigenvalueDecomposition(C, {
    assumeSymmetric: true,
  });
  const SX = S.mmul(X);
  const sines = cosines.map((_, i) => Math.hypot(...SX.getColumn(i)));
  const angles = cosines.map((cosine, i) => Math.atan2(sines[i]!, cosine));
  const log = SX.mulRowVector(angles.map((angle, i) => (angle < 1e-8 ? 1 : angle / sines[i]!))).mmul(
    X.transpose(),
  );
  return { log: log.sub(log.transpose()).mul(0.5), largestAngle: Math.max(...angles) };
}

/** Whether W is a rotation: orthogonal within `tolerance`, with determinant +1. */
function contains(matrix: MatrixLike, options: { tolerance?: number } = {}): boolean {
  const where = 'exponential.contains';
  checkOptions(where, options, { tolerance: true });
  const { tolerance = 1e-4 } = options;
  checkTolerance(where, tolerance);
  const W = readSquare(where, matrix);
  return orthogonalityDefect(W) <= tolerance && determinant(W) > 0;
}

/**
 * Free parameters [units(units-1)/2] with 2 by 2 blocks, as expRNN starts. The same seed gives the same numbers on
 * every backend.
 */
function sample(options: RotationOptions): tf.Tensor1D {
  return rotationBlocks('exponential.sample', options);
}

/**
 * The rotation exp(A) [units, units], where A is skew with v [units(units-1)/2] as its strict upper triangle.
 *
 * Scaling and squaring around a Taylor polynomial, matrix products only, so it runs on the device and derivatives of
 * any order work. One number (a norm) is read back at each call. In float32 the error grows with the largest angle in
 * radians, about 1e-7 for each, as the rounding of v itself would make it.
 *
 * Verbs: `parameterCount`, `inverse`, `contains`, `sample`. Throws `ParameterisationError` when v has another length,
 * is not finite, or is so large (norm above 1.3·2²⁰) that float32 holds no digit of the angle.
 *
 * Source: Lezcano-Casado and Martínez-Rubio, Cheap Orthogonal Constraints in Neural Networks, ICML 2019; the scheme
 * is Higham, Functions of Matrices, 2008, section 10.3, with Taylor in place of Padé, which needs no solve.
 */
export const exponential = /* @__PURE__ */ Object.assign(forward, {
  parameterCount,
  inverse,
  contains,
  sample,
});
