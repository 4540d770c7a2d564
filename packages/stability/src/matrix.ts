import type { Complex, MatrixLike, TensorLike, VectorLike } from '@hurwitz/input';
import { Matrix } from 'ml-matrix';
import { StabilityError } from './errors.js';
import { largestExponent, timesPowerOfTwo } from './float64-range.js';

export type { Complex, MatrixLike, TensorLike, VectorLike };

const isTensor = (value: object): value is TensorLike => 'dataSync' in value && 'shape' in value;

/**
 * Copies any `MatrixLike` into float64.
 *
 * @throws StabilityError when it is not a matrix: empty, ragged, not rank 2, or with an entry that is not finite.
 */
export function toMatrix(where: string, name: string, value: MatrixLike): Matrix {
  if (value === null || typeof value !== 'object') {
    throw new StabilityError(
      where,
      `${name} to be a matrix`,
      String(value),
      'Pass rows of numbers or a tensor.',
    );
  }
  const rows = isTensor(value)
    ? tensorRows(where, name, value)
    : Array.from(value, (row) => Array.from(row ?? []));
  const columns = rows[0]?.length ?? 0;
  if (columns === 0) {
    throw new StabilityError(
      where,
      `${name} to have entries`,
      'an empty matrix',
      'Pass at least one row and column.',
    );
  }
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      const got = `row 0 of length ${columns} and row ${i} of length ${row.length}`;
      throw new StabilityError(where, `${name} to have rows of one length`, got, 'Fill the ragged rows.');
    }
    checkFinite(where, name, row, (j) => `[${i}][${j}]`);
  });
  return new Matrix(rows);
}

/** Copies a square `MatrixLike` into float64; `size`, when given, is the size it must have. */
export function toSquare(where: string, name: string, value: MatrixLike, size?: number): Matrix {
  const matrix = toMatrix(where, name, value);
  if (matrix.rows !== matrix.columns) {
    const got = `${matrix.rows} x ${matrix.columns}`;
    throw new StabilityError(where, `${name} to be square`, got, 'A recurrent matrix is [units, units].');
  }
  if (size !== undefined && matrix.rows !== size) {
    const got = `${matrix.rows} x ${matrix.rows}`;
    throw new StabilityError(
      where,
      `${name} to be ${size} x ${size}`,
      got,
      'All matrices of a system share its units.',
    );
  }
  return matrix;
}

/** Copies a `VectorLike` of the given length into float64. */
export function toVector(where: string, name: string, value: VectorLike, length: number): Float64Array {
  if (value === null || typeof value !== 'object') {
    throw new StabilityError(
      where,
      `${name} to be a vector`,
      String(value),
      'Pass an array of numbers or a tensor.',
    );
  }
  const vector = Float64Array.from(isTensor(value) ? value.dataSync() : value);
  if (vector.length !== length) {
    const got = `length ${vector.length}`;
    throw new StabilityError(where, `${name} to have length ${length}`, got, 'It has one entry per unit.');
  }
  checkFinite(where, name, vector, (i) => `[${i}]`);
  return vector;
}

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

/** Checks a number option: finite, and above `above` or at least `least`. */
export function checkNumber(
  where: string,
  name: string,
  value: number,
  { above = -Infinity, least = -Infinity, most = Infinity, integer = false } = {},
): void {
  const fits = Number.isFinite(value) && value > above && value >= least && value <= most;
  if (fits && (!integer || Number.isInteger(value))) return;
  const bounds = [
    integer ? 'an integer' : 'a finite number',
    ...(above > -Infinity ? [`above ${above}`] : []),
    ...(least > -Infinity ? [`at least ${least}`] : []),
    ...(most < Infinity ? [`at most ${most}`] : []),
  ];
  throw new StabilityError(where, `${name} to be ${bounds.join(', ')}`, String(value), `Change ${name}.`);
}

/** Checks an option that is true or false. */
export function checkFlag(where: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new StabilityError(where, `${name} to be true or false`, String(value), `Change ${name}.`);
}

function tensorRows(where: string, name: string, tensor: TensorLike): number[][] {
  if (tensor.shape.length !== 2) {
    const got = `shape [${tensor.shape.join(', ')}]`;
    throw new StabilityError(where, `${name} to have rank 2`, got, 'Pass a [rows, columns] tensor.');
  }
  const [rows = 0, columns = 0] = tensor.shape;
  const data = Array.from(tensor.dataSync());
  return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
}

function checkFinite(
  where: string,
  name: string,
  values: ArrayLike<number>,
  place: (i: number) => string,
): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      const got = `${name}${place(i)} = ${String(values[i])}`;
      throw new StabilityError(where, `${name} to have finite entries`, got, 'Check where it overflowed.');
    }
  }
}
