import { type MatrixLike, type MatrixShape, matrixInput, numberInput, type VectorLike } from '@hurwitz/input';
import { Matrix } from 'ml-matrix';
import { StabilityError } from './errors.js';
import { largestExponent, timesPowerOfTwo } from './float64-range.js';

export type { Complex, MatrixLike, TensorLike, VectorLike } from '@hurwitz/input';

const reader = matrixInput(
  StabilityError,
  'The matrices of a system are [units, units], its vectors [units].',
);
export const { checkFlag, checkNumber } = numberInput(StabilityError);

/**
 * Copies any `MatrixLike` into float64.
 *
 * @throws StabilityError when it is not a matrix: empty, ragged, not rank 2, of another shape, or with an entry that is not finite.
 */
export const toMatrix = (where: string, name: string, value: MatrixLike, shape?: MatrixShape): Matrix =>
  new Matrix(reader.toRows(where, name, value, shape));

/** Copies a square `MatrixLike` into float64; `size`, when given, is the size it must have. */
export const toSquare = (where: string, name: string, value: MatrixLike, size?: number): Matrix =>
  new Matrix(reader.toSquareRows(where, name, value, size));

/** Copies a `VectorLike` of the given length into float64. */
export const toVector = (where: string, name: string, value: VectorLike, length: number): Float64Array =>
  Float64Array.from(reader.toVector(where, name, value, length));

/** √Σxᵢ² without under- or overflow on the way. */
export function euclidean(values: ArrayLike<number>): number {
  let square = 0;
  for (let i = 0; i < values.length; i++) square += values[i]! * values[i]!;
  if (square > 1e-280 && square < Infinity) return Math.sqrt(square);
  const exponent = largestExponent(values);
  let scaled = 0;
  for (let i = 0; i < values.length; i++) scaled += timesPowerOfTwo(values[i]!, -exponent) ** 2;
  return timesPowerOfTwo(Math.sqrt(scaled), exponent);
}

/** ‖M‖_F without under- or overflow on the way. */
export const frobenius = (matrix: Matrix): number => euclidean(matrix.to1DArray());

/** M·2^k. */
export function scaledBy(matrix: Matrix, k: number): Matrix {
  const { rows, columns } = matrix;
  return Matrix.from1DArray(
    rows,
    columns,
    matrix.to1DArray().map((x) => timesPowerOfTwo(x, k)),
  );
}
