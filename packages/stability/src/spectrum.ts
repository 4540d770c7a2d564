import { Matrix } from 'ml-matrix';
import { balance } from './balance.js';
import { StabilityError } from './errors.js';
import { largestExponent, resultInRange, timesPowerOfTwo } from './float64-range.js';
import { irreducibleBlocks } from './irreducible-blocks.js';
import { type Complex, euclidean, frobenius, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { eigenvaluesByQR } from './schur.js';
import { symmetricEigenvaluesByQL } from './symmetric-eigenvalues.js';

/**
 * All eigenvalues of a square matrix, by falling real part, then falling imaginary part.
 *
 * The matrix is first permuted to block triangular form, whose irreducible diagonal blocks hold the eigenvalues; each block
 * is balanced, scaled, reduced to Hessenberg form and solved by double-shift QR (the route of LAPACK's `dgeev`, without
 * vectors, with a finer permutation), a symmetric one by QL. So triangular matrices give their diagonal exactly, and
 * stacked layers the spectra of the layers. Each value is exact for a matrix within about n·ε·‖B‖ of its balanced block
 * B; values of a far-from-normal block can be off by much more than ε.
 *
 * @throws StabilityError when M is not square, is ragged or empty, holds an entry that is not finite, or has an eigenvalue
 * beyond the range of float64.
 * @throws ConvergenceError when the QR algorithm does not converge.
 */
export function eigenvalues(matrix: MatrixLike): Complex[] {
  return eigenvaluesOf('eigenvalues', toSquare('eigenvalues', 'matrix', matrix));
}

/** The same, for a matrix that is already copied and checked. */
export function eigenvaluesOf(where: string, matrix: Matrix): Complex[] {
  return scaledEigenvaluesOf(where, matrix).map(({ re, im }) => ({ re, im }));
}

/** An eigenvalue with the Frobenius norm of the balanced block that holds it, to which its rounding error is relative. */
export interface ScaledEigenvalue extends Complex {
  readonly scale: number;
}

/**
 * The same, each eigenvalue with what its rounding error is relative to.
 *
 * @param terms for a matrix whose entries are rounded sums, the sums of the absolute values.
 */
export function scaledEigenvaluesOf(where: string, matrix: Matrix, terms = matrix): ScaledEigenvalue[] {
  const n = matrix.rows;
  const entries = Float64Array.from(matrix.to1DArray());
  const sizes = Float64Array.from(terms.to1DArray());
  return irreducibleBlocks(entries, n)
    .flatMap((block) => blockEigenvalues(where, submatrix(entries, n, block), submatrix(sizes, n, block)))
    .sort((a, b) => b.re - a.re || b.im - a.im);
}

function blockEigenvalues(where: string, block: Float64Array, sizes: Float64Array): ScaledEigenvalue[] {
  const n = Math.sqrt(block.length);
  if (n === 1) return [{ re: block[0]!, im: 0, scale: Math.abs(sizes[0]!) }];
  const { B, d, exponent } = balance(block, n);
  const values = isSymmetric(B, n)
    ? Array.from(symmetricEigenvaluesByQL(where, B, n), (re) => ({ re, im: 0 }))
    : eigenvaluesByQR(where, B, n);
  const scaled = sizes.map((x, at) => timesPowerOfTwo(x, d[at % n]! - d[Math.floor(at / n)]! - exponent));
  const scale = timesPowerOfTwo(euclidean(scaled), exponent);
  return values.map(({ re, im }) => ({
    re: resultInRange(where, 'eigenvalues', re, exponent),
    im: resultInRange(where, 'eigenvalues', im, exponent),
    scale,
  }));
}

/** The rows and columns of a square matrix that the indices name. */
function submatrix(entries: Float64Array, n: number, indices: readonly number[]): Float64Array {
  if (indices.length === n) return entries;
  const part = new Float64Array(indices.length ** 2);
  let at = 0;
  for (const i of indices) for (const j of indices) part[at++] = entries[i * n + j]!;
  return part;
}

function isSymmetric(entries: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) if (entries[i * n + j] !== entries[j * n + i]) return false;
  return true;
}

/**
 * Eigenvalues of a symmetric matrix, from the largest; each within about n·ε·‖B‖ of the true one, B the irreducible block
 * that holds it.
 *
 * @throws StabilityError also when M differs from its transpose by more than rounding, or an eigenvalue is beyond the range
 * of float64.
 */
export function symmetricEigenvalues(matrix: MatrixLike): number[] {
  const where = 'symmetricEigenvalues';
  const M = toSquare(where, 'matrix', matrix);
  const exponent = largestExponent(M.to1DArray());
  const unit = scaledBy(M, -exponent);
  const gap = frobenius(Matrix.sub(unit, unit.transpose()));
  if (gap > 100 * Number.EPSILON * frobenius(unit)) {
    const fix = 'Use eigenvalues(), or symmetricPart() first.';
    throw new StabilityError(where, 'matrix to be symmetric', `‖M - Mᵀ‖ = ${gap}·2^${exponent}`, fix);
  }
  return symmetricEigenvaluesOf(symmetrised(M), where);
}

/** Eigenvalues of a matrix known to be symmetric, from the largest. */
export function symmetricEigenvaluesOf(matrix: Matrix, where = 'symmetricEigenvalues'): number[] {
  const n = matrix.rows;
  const entries = Float64Array.from(matrix.to1DArray());
  return irreducibleBlocks(entries, n)
    .flatMap((block) => {
      if (block.length === 1) return [entries[block[0]! * (n + 1)]!];
      const part = submatrix(entries, n, block);
      const exponent = largestExponent(part);
      const unit = part.map((x) => timesPowerOfTwo(x, -exponent));
      return Array.from(symmetricEigenvaluesByQL(where, unit, block.length), (value) =>
        resultInRange(where, 'eigenvalues', value, exponent),
      );
    })
    .sort((a, b) => b - a);
}

/** (M + Mᵀ)/2, the symmetric part. */
export function symmetricPart(matrix: MatrixLike): number[][] {
  return symmetrised(toSquare('symmetricPart', 'matrix', matrix)).to2DArray();
}

/** (M + Mᵀ)/2 as a Matrix. */
export function symmetrised(matrix: Matrix): Matrix {
  const rows = matrix.to2DArray();
  return new Matrix(rows.map((row, i) => row.map((x, j) => mean(x, rows[j]![i]!))));
}

/** (x + y)/2, where the sum may overflow or be the smallest number. */
function mean(x: number, y: number): number {
  const sum = x + y;
  return Number.isFinite(sum) ? sum / 2 : x / 2 + y / 2;
}

/** Largest real part of an eigenvalue; the flow dh/dt = M h decays exactly when it is negative. */
export function spectralAbscissa(matrix: MatrixLike): number {
  return eigenvaluesOf('spectralAbscissa', toSquare('spectralAbscissa', 'matrix', matrix))[0]!.re;
}

/** Largest modulus of an eigenvalue; the map h ← M h decays exactly when it is below 1. */
export function spectralRadius(matrix: MatrixLike): number {
  const where = 'spectralRadius';
  const values = eigenvaluesOf(where, toSquare(where, 'matrix', matrix));
  const radius = values.reduce((largest, { re, im }) => Math.max(largest, Math.hypot(re, im)), 0);
  return resultInRange(where, 'the radius', radius);
}
