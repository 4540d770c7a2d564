import { Matrix } from 'ml-matrix';
import { balance } from './balance.js';
import { StabilityError } from './errors.js';
import { type Complex, type MatrixLike, toSquare } from './matrix.js';
import { eigenvaluesByQR } from './schur.js';
import { symmetricEigenvaluesByQL } from './symmetric-eigenvalues.js';

/**
 * All eigenvalues of a square matrix, by falling real part, then falling imaginary part.
 *
 * Balanced, reduced to Hessenberg form and solved by double-shift QR (LAPACK's `dgeev` route, without vectors); an
 * exactly symmetric matrix takes the symmetric route. Backward stable: each value is exact for a matrix within about
 * n·ε·‖M‖ of the given one, so values of a far-from-normal matrix can be off by much more than ε.
 *
 * @throws StabilityError when M is not square, is ragged or empty, or holds an entry that is not finite.
 * @throws ConvergenceError when the QR algorithm does not converge.
 */
export function eigenvalues(matrix: MatrixLike): Complex[] {
  return eigenvaluesOf('eigenvalues', toSquare('eigenvalues', 'matrix', matrix));
}

/** The same, for a matrix that is already copied and checked. */
export function eigenvaluesOf(where: string, matrix: Matrix): Complex[] {
  if (matrix.isSymmetric()) return symmetricEigenvaluesOf(matrix).map((re) => ({ re, im: 0 }));
  const n = matrix.rows;
  const values = eigenvaluesByQR(where, balance(Float64Array.from(matrix.to1DArray()), n), n);
  return values.sort((a, b) => b.re - a.re || b.im - a.im);
}

/**
 * Eigenvalues of a symmetric matrix, from the largest; each within about n·ε·‖M‖ of the true one.
 *
 * @throws StabilityError also when M differs from its transpose by more than rounding.
 */
export function symmetricEigenvalues(matrix: MatrixLike): number[] {
  const M = toSquare('symmetricEigenvalues', 'matrix', matrix);
  const gap = Matrix.sub(M, M.transpose()).norm();
  if (gap > 100 * Number.EPSILON * M.norm()) {
    const fix = 'Use eigenvalues(), or symmetricPart() first.';
    throw new StabilityError('symmetricEigenvalues', 'matrix to be symmetric', `‖M - Mᵀ‖ = ${gap}`, fix);
  }
  return symmetricEigenvaluesOf(symmetrised(M));
}

/** Eigenvalues of a matrix known to be symmetric, from the largest. */
export function symmetricEigenvaluesOf(matrix: Matrix): number[] {
  const values = symmetricEigenvaluesByQL(Float64Array.from(matrix.to1DArray()), matrix.rows);
  return Array.from(values).sort((a, b) => b - a);
}

/** (M + Mᵀ)/2, the symmetric part. */
export function symmetricPart(matrix: MatrixLike): number[][] {
  return symmetrised(toSquare('symmetricPart', 'matrix', matrix)).to2DArray();
}

/** (M + Mᵀ)/2 as a Matrix. */
export const symmetrised = (matrix: Matrix): Matrix => Matrix.add(matrix, matrix.transpose()).mul(0.5);

/** Largest real part of an eigenvalue; the flow dh/dt = M h decays exactly when it is negative. */
export function spectralAbscissa(matrix: MatrixLike): number {
  return eigenvaluesOf('spectralAbscissa', toSquare('spectralAbscissa', 'matrix', matrix))[0]!.re;
}

/** Largest modulus of an eigenvalue; the map h ← M h decays exactly when it is below 1. */
export function spectralRadius(matrix: MatrixLike): number {
  const values = eigenvaluesOf('spectralRadius', toSquare('spectralRadius', 'matrix', matrix));
  return Math.max(...values.map(({ re, im }) => Math.hypot(re, im)));
}
