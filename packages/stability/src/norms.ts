import type { Matrix } from 'ml-matrix';
import { largestExponent, resultInRange, timesPowerOfTwo } from './float64-range.js';
import { checkNumber, euclidean, type MatrixLike, scaledBy, toMatrix, toSquare } from './matrix.js';
import { checkOptions } from './options.js';
import { scaledSVD } from './singular-value-decomposition.js';
import { uncoupledParts } from './uncoupled-parts.js';

/**
 * Singular values of any matrix, from the largest; each within about max(m, n)·ε·σ₁ of the true one, σ₁ that of the part
 * it belongs to where M falls into parts that share no row and no column.
 *
 * @throws StabilityError when M is not a finite matrix, or σ₁ is beyond the range of float64.
 */
export function singularValues(matrix: MatrixLike): number[] {
  return singularValuesOf(toMatrix('singularValues', 'matrix', matrix), 'singularValues');
}

/** The same, for a matrix that is already copied and checked. */
export function singularValuesOf(matrix: Matrix, where = 'singularValues'): number[] {
  const values = uncoupledParts(matrix).flatMap((part) => {
    const svd = scaledSVD(where, part);
    return svd.values.map((value) => resultInRange(where, 'singular values', value, svd.exponent));
  });
  const zeros = new Array<number>(Math.min(matrix.rows, matrix.columns) - values.length).fill(0);
  return [...values, ...zeros].sort((a, b) => b - a);
}

/**
 * ‖M‖₂, the largest singular value.
 *
 * @throws StabilityError when M is not a finite matrix, or its norm is beyond the range of float64.
 */
export function spectralNorm(matrix: MatrixLike): number {
  return singularValuesOf(toMatrix('spectralNorm', 'matrix', matrix), 'spectralNorm')[0]!;
}

/** ‖M‖∞, the largest l1-norm of a *row*; throws and limits as `spectralNorm`. */
export function infinityNorm(matrix: MatrixLike): number {
  const M = toMatrix('infinityNorm', 'matrix', matrix);
  const exponent = largestExponent(M.to1DArray());
  const sums = scaledBy(M, -exponent)
    .to2DArray()
    .map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0));
  const largest = sums.reduce((most, sum) => Math.max(most, sum), 0);
  return resultInRange('infinityNorm', 'the norm', largest, exponent);
}

/** ‖M‖_F, the square root of the sum of squares; throws and limits as `spectralNorm`. */
export function frobeniusNorm(matrix: MatrixLike): number {
  const M = toMatrix('frobeniusNorm', 'matrix', matrix);
  const exponent = largestExponent(M.to1DArray());
  return resultInRange('frobeniusNorm', 'the norm', euclidean(scaledBy(M, -exponent).to1DArray()), exponent);
}

/**
 * Numerical rank: how many singular values exceed `tolerance`.
 *
 * @param options.tolerance absolute; by default max(m, n)·ε·σ₁, the rounding error of the values themselves.
 */
export function numericalRank(matrix: MatrixLike, options: { tolerance?: number } = {}): number {
  checkOptions('numericalRank', options, { tolerance: true });
  const { tolerance } = options;
  if (tolerance !== undefined) checkNumber('numericalRank', 'tolerance', tolerance, { least: 0 });
  const M = toMatrix('numericalRank', 'matrix', matrix);
  const { values, exponent } = scaledSVD('numericalRank', M);
  const rounding = Math.max(M.rows, M.columns) * Number.EPSILON * values[0]!;
  return values.filter((value) =>
    tolerance === undefined ? value > rounding : timesPowerOfTwo(value, exponent) > tolerance,
  ).length;
}

/** σ₁/σₙ of a square matrix; `Infinity` when it is singular to working precision. */
export function conditionNumber(matrix: MatrixLike): number {
  const M = toSquare('conditionNumber', 'matrix', matrix);
  const { values } = scaledSVD('conditionNumber', M);
  const smallest = values[values.length - 1]!;
  return smallest > M.rows * Number.EPSILON * values[0]! ? values[0]! / smallest : Infinity;
}

/** M = U diag(values) Vᵀ with orthonormal columns in U and V. */
export interface SingularValueDecomposition {
  /** [rows, k], k = min(rows, columns). */
  readonly U: number[][];
  /** [k], from the largest. */
  readonly values: number[];
  /** [columns, k]. */
  readonly V: number[][];
}

/**
 * The thin singular value decomposition of any matrix, in bounded time; accuracy, throws and limits as `singularValues`, U
 * and V orthonormal to about max(m, n)·ε.
 */
export function singularValueDecomposition(matrix: MatrixLike): SingularValueDecomposition {
  const where = 'singularValueDecomposition';
  const { values, exponent, U, V } = scaledSVD(where, toMatrix(where, 'matrix', matrix), { vectors: true });
  const transposed = (columns: readonly Float64Array[]): number[][] =>
    Array.from(columns[0]!, (_, i) => columns.map((column) => column[i]!));
  return {
    U: transposed(U!),
    values: values.map((value) => resultInRange(where, 'singular values', value, exponent)),
    V: transposed(V!),
  };
}
