import type { Matrix } from 'ml-matrix';
import { StabilityError } from './errors.js';
import { largestExponent } from './float64-range.js';
import { frobenius, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { iterable } from './options.js';
import { eigenvaluesOf } from './spectrum.js';

/** ∂h_T/∂h_1 = e^logScale · matrix, and what it does to perturbations; logarithms are natural. */
export interface EndToEndJacobian {
  /** Frobenius norm 1 (all zero when the product is). */
  readonly matrix: number[][];
  readonly logScale: number;
  /** Log of each singular value, from the largest. */
  readonly logSingularValues: number[];
  /** Log of each eigenvalue's modulus, from the largest. */
  readonly logModuli: number[];
  /** How many leading singular values stand above the rounding error of the product; the rest is noise. */
  readonly resolved: number;
  /** Mean and standard deviation (of the population) of the moduli; 0 or Infinity when out of float64's range. */
  readonly meanModulus: number;
  readonly stdModulus: number;
  /** The same two, in logarithms: finite for any T. */
  readonly logMeanModulus: number;
  readonly logStdModulus: number;
  /** log ‖∂h_t/∂h_1‖_F after each step, t = 2, ..., T. */
  readonly logNorms: number[];
}

/** Entries of a step are brought to this power of 2 before they are multiplied with a product of size 1. */
const HEADROOM = 900;

/**
 * The end-to-end Jacobian of a trajectory, for any length without overflow: the product J_T ⋯ J_2 is renormalised at
 * each step and the scale kept as a logarithm. Its eigenvalue moduli are the figure of the AntisymmetricRNN paper
 * (Chang et al., ICLR 2019, section 4.4).
 *
 * Singular values smaller than the largest by a factor n ε cannot be resolved by a product; for all exponents use a QR
 * method (@hurwitz/lyapunov).
 *
 * @param stepJacobians ∂h_t/∂h_{t-1}, n x n, in order of time: of any cell, for an LSTM of the state [c, h].
 * @throws StabilityError when there is none, one is bad, or sizes differ.
 */
export function endToEndJacobian(stepJacobians: Iterable<MatrixLike>): EndToEndJacobian {
  const where = 'endToEndJacobian';
  let product: Matrix | undefined;
  let logScale = 0;
  const logNorms: number[] = [];
  for (const step of iterable(where, 'stepJacobians', stepJacobians)) {
    const J = toSquare(where, `stepJacobians[${logNorms.length}]`, step, product?.rows);
    // Scaled so that neither the products overflow nor a small entry vanishes beside a large one.
    const exponent = largestExponent(J.to1DArray()) - HEADROOM;
    const scaled = scaledBy(J, -exponent);
    product = product === undefined ? scaled : scaled.mmul(product);
    const norm = frobenius(product);
    if (norm > 0) product.div(norm);
    logScale += Math.log(norm) + exponent * Math.LN2;
    logNorms.push(logScale);
  }
  if (product === undefined) {
    throw new StabilityError(where, 'at least one step', 'none', 'Pass the step Jacobians in order of time.');
  }
  const log = (x: number) => Math.log(x) + logScale;
  const singular = singularValuesOf(product);
  const moduli = eigenvaluesOf(where, product)
    .map(({ re, im }) => Math.hypot(re, im))
    .sort((a, b) => b - a);
  const n = moduli.length;
  const mean = moduli.reduce((sum, x) => sum + x, 0) / n;
  const std = Math.sqrt(moduli.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
  return {
    matrix: product.to2DArray(),
    logScale,
    logSingularValues: singular.map(log),
    logModuli: moduli.map(log),
    resolved: singular.filter((value) => value > n * Number.EPSILON * singular[0]!).length,
    meanModulus: Math.exp(log(mean)),
    stdModulus: Math.exp(log(std)),
    logMeanModulus: log(mean),
    logStdModulus: log(std),
    logNorms,
  };
}
