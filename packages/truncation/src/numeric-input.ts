import type { MatrixLike, TensorLike, VectorLike } from '@hurwitz/stability';
import { TruncationError } from './errors.js';

/** The size that a matrix must have; undefined where any size will do. */
interface Shape {
  readonly rows?: number;
  readonly columns?: number;
}

/**
 * Copies any `MatrixLike` into rows of float64.
 *
 * @throws TruncationError when it is empty, ragged, of another shape, or has an entry that is not finite.
 */
export function toRows(where: string, name: string, value: MatrixLike, shape: Shape = {}): number[][] {
  const rows = readRows(where, name, value);
  const columns = rows[0]?.length ?? 0;
  const fits =
    columns > 0 &&
    rows.every((row) => row.length === columns) &&
    (shape.rows ?? rows.length) === rows.length &&
    (shape.columns ?? columns) === columns;
  if (!fits) {
    const expected = `${name} of shape [${shape.rows ?? 'any'}, ${shape.columns ?? 'any'}]`;
    const got = `[${rows.length}, ${[...new Set(rows.map((row) => row.length))].join(' or ')}]`;
    const fix =
      'W is [units, units], kernel [inputDim, units], readout [units, outputs], x [time, inputDim].';
    throw new TruncationError(where, expected, got, fix);
  }
  for (const [i, row] of rows.entries()) checkFinite(where, `${name}[${i}]`, row);
  return rows;
}

/** Copies a `VectorLike` of the given length into float64. */
export function toVector(where: string, name: string, value: VectorLike, length: number): number[] {
  if (value === null || typeof value !== 'object') {
    throw new TruncationError(where, `${name} to be a vector`, String(value), 'Pass numbers or a tensor.');
  }
  const vector = Array.from(isTensor(value) ? value.dataSync() : value);
  if (vector.length !== length) {
    const fix = 'It has one entry per unit.';
    throw new TruncationError(where, `${name} of length ${length}`, `length ${vector.length}`, fix);
  }
  checkFinite(where, name, vector);
  return vector;
}

/** Checks a number option: finite, above `above` and at least `least`. */
export function checkNumber(
  where: string,
  name: string,
  value: number,
  {
    above = -Infinity,
    least = -Infinity,
    below = Infinity,
    integer = false,
  }: {
    above?: number;
    least?: number;
    below?: number;
    integer?: boolean;
  } = {},
): void {
  const fits = Number.isFinite(value) && value > above && value >= least && value < below;
  if (fits && (!integer || Number.isInteger(value))) return;
  const expected = [
    integer ? 'an integer' : 'a finite number',
    ...(above > -Infinity ? [`above ${above}`] : []),
    ...(least > -Infinity ? [`at least ${least}`] : []),
    ...(below < Infinity ? [`below ${below}`] : []),
  ];
  throw new TruncationError(where, `${name} to be ${expected.join(', ')}`, String(value), `Change ${name}.`);
}

const isTensor = (value: object): value is TensorLike => 'dataSync' in value && 'shape' in value;

function readRows(where: string, name: string, value: MatrixLike): number[][] {
  if (value === null || typeof value !== 'object') {
    const fix = 'Pass rows of numbers or a tensor.';
    throw new TruncationError(where, `${name} to be a matrix`, String(value), fix);
  }
  if (!isTensor(value)) return Array.from(value, (row) => Array.from(row));
  const [rows = 0, columns = 0] = value.shape;
  if (value.shape.length !== 2) {
    const got = `shape [${value.shape.join(', ')}]`;
    throw new TruncationError(where, `${name} to have rank 2`, got, 'Pass a [rows, columns] tensor.');
  }
  const data = Array.from(value.dataSync());
  return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
}

function checkFinite(where: string, name: string, values: readonly number[]): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const got = `${name}[${bad}] = ${String(values[bad])}`;
  throw new TruncationError(where, 'finite numbers', got, 'Check where it overflowed.');
}
