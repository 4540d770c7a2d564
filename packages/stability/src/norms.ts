import { type Matrix, SingularValueDecomposition } from 'ml-matrix';
import { type MatrixLike, toMatrix, toSquare } from './matrix.js';

/** Singular values of any matrix, from the largest; each within about max(m, n)·ε·σ₁ of the true one. */
export function singularValues(matrix: MatrixLike): number[] {
  return singularValuesOf(toMatrix('singularValues', 'matrix', matrix));
}

/** The same, for a matrix that is already copied and checked. */
export function singularValuesOf(matrix: Matrix): number[] {
  const tall = matrix.rows >= matrix.columns ? matrix : matrix.transpose();
  return new SingularValueDecomposition(tall, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
  }).diagonal;
}

/** ‖M‖₂, the largest singular value. */
export function spectralNorm(matrix: MatrixLike): number {
  return singularValuesOf(toMatrix('spectralNorm', 'matrix', matrix))[0]!;
}

/** ‖M‖∞, the largest l1-norm of a *row*. */
export function infinityNorm(matrix: MatrixLike): number {
  const rows = toMatrix('infinityNorm', 'matrix', matrix).to2DArray();
  return Math.max(...rows.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
}

/** ‖M‖_F, the square root of the sum of squares. */
export function frobeniusNorm(matrix: MatrixLike): number {
  return toMatrix('frobeniusNorm', 'matrix', matrix).norm('frobenius');
}

/**
 * Numerical rank: how many singular values exceed `tolerance`.
 *
 * @param options.tolerance absolute; by default max(m, n)·ε·σ₁, the rounding error of the values themselves.
 */
export function numericalRank(matrix: MatrixLike, { tolerance }: { tolerance?: number } = {}): number {
  const M = toMatrix('numericalRank', 'matrix', matrix);
  const values = singularValuesOf(M);
  const threshold = tolerance ?? Math.max(M.rows, M.columns) * Number.EPSILON * values[0]!;
  return values.filter((value) => value > threshold).length;
}

/** σ₁/σₙ of a square matrix; `Infinity` when it is singular to working precision. */
export function conditionNumber(matrix: MatrixLike): number {
  const M = toSquare('conditionNumber', 'matrix', matrix);
  const values = singularValuesOf(M);
  const smallest = values[values.length - 1]!;
  return smallest > M.rows * Number.EPSILON * values[0]! ? values[0]! / smallest : Infinity;
}
