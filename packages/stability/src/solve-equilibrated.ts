import { LuDecomposition, Matrix } from 'ml-matrix';
import { largestExponent, timesPowerOfTwo } from './float64-range.js';

/**
 * x with M x = right, by LU after scaling rows and columns to size 1 by powers of 2, so that units of equations or unknowns
 * do not make a regular matrix look singular.
 *
 * @returns undefined when M is singular to working precision: a pivot within n ε of the largest.
 */
export function solveEquilibrated(M: Matrix, right: ArrayLike<number>): number[] | undefined {
  const rows = M.to2DArray();
  const ofRows = rows.map(largestExponent);
  const scaled = rows.map((row, i) => row.map((x) => timesPowerOfTwo(x, -ofRows[i]!)));
  const ofColumns = rows.map((_, j) => largestExponent(scaled.map((row) => row[j]!)));
  const unit = new Matrix(scaled.map((row) => row.map((x, j) => timesPowerOfTwo(x, -ofColumns[j]!))));
  const lu = new LuDecomposition(unit);
  const pivots = lu.upperTriangularMatrix.diagonal().map(Math.abs);
  if (Math.min(...pivots) <= M.rows * Number.EPSILON * Math.max(...pivots)) return undefined;
  const b = ofRows.map((exponent, i) => timesPowerOfTwo(right[i]!, -exponent));
  return lu
    .solve(Matrix.columnVector(b))
    .to1DArray()
    .map((x, j) => timesPowerOfTwo(x, -ofColumns[j]!));
}
