import { described } from './described.js';
import { word } from './number-input.js';
import type { Refusal } from './options-input.js';
import type { MatrixLike, TensorLike, VectorLike } from './types.js';

/** The shape that a matrix must have, where it must have one. */
export interface MatrixShape {
  rows?: number;
  columns?: number;
}

/** A matrix row by row in one array. */
export interface FlatMatrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * The readers of matrices and vectors, for a package that throws `Refusal`. `where` is the public function that reads,
 * `name` what it reads; `shapes` says to the user what shapes the package's inputs have.
 */
export function matrixInput(Refusal: Refusal, shapes = 'Pass rows of one length or a tensor of rank 2.') {
  /** Copies a matrix into rows of float64; refuses one that is empty, ragged, of another shape or not finite. */
  function toRows(where: string, name: string, value: MatrixLike, shape: MatrixShape = {}): number[][] {
    const rows = readRows(where, name, value);
    const columns = rows[0]?.length ?? 0;
    if (columns === 0) throw new Refusal(where, `${name} to have entries`, 'an empty matrix', shapes);
    const fits =
      rows.every((row) => row.length === columns) &&
      (shape.rows ?? rows.length) === rows.length &&
      (shape.columns ?? columns) === columns;
    if (!fits) {
      const expected = `${name} of shape [${shape.rows ?? 'any'}, ${shape.columns ?? 'any'}]`;
      const got = `[${rows.length}, ${[...new Set(rows.map((row) => row.length))].join(' or ')}]`;
      throw new Refusal(where, expected, got, shapes);
    }
    for (const [i, row] of rows.entries()) checkFinite(where, name, row, `[${i}]`);
    return rows;
  }

  /** The same, row by row in one array. */
  function toFlat(where: string, name: string, value: MatrixLike, shape: MatrixShape = {}): FlatMatrix {
    const rows = toRows(where, name, value, shape);
    const columns = rows[0]!.length;
    const data = new Float64Array(rows.length * columns);
    for (const [i, row] of rows.entries()) data.set(row, i * columns);
    return { data, rows: rows.length, columns };
  }

  /** Copies a square matrix, of the given size if it must have one. */
  function toSquareRows(where: string, name: string, value: MatrixLike, size?: number): number[][] {
    const rows = toRows(where, name, value);
    const got = `[${rows.length}, ${rows[0]!.length}]`;
    if (rows.length !== rows[0]!.length) throw new Refusal(where, `${name} to be square`, got, shapes);
    if (size !== undefined && rows.length !== size) {
      throw new Refusal(where, `${name} of shape [${size}, ${size}]`, got, shapes);
    }
    return rows;
  }

  /** Copies a vector, of the given length if it must have one, into float64; refuses one that is empty or not finite. */
  function toVector(where: string, name: string, value: VectorLike, length?: number): number[] {
    if (value === null || typeof value !== 'object') {
      throw new Refusal(where, `${name} to be a vector`, described(value), 'Pass numbers or a tensor.');
    }
    const vector = Array.from(isTensor(value) ? tensorData(where, name, value) : value);
    if (vector.length !== (length ?? Math.max(1, vector.length))) {
      throw new Refusal(
        where,
        `${name} of length ${length ?? 'at least 1'}`,
        `length ${vector.length}`,
        shapes,
      );
    }
    checkFinite(where, name, vector);
    return vector;
  }

  function readRows(where: string, name: string, value: MatrixLike): number[][] {
    if (value === null || typeof value !== 'object') {
      const fix = 'Pass rows of numbers or a tensor.';
      throw new Refusal(where, `${name} to be a matrix`, described(value), fix);
    }
    if (!isTensor(value)) return Array.from(value, (row) => Array.from(row ?? []));
    const [rows = 0, columns = 0] = value.shape;
    if (value.shape.length !== 2) {
      const got = `shape [${value.shape.join(', ')}]`;
      throw new Refusal(where, `${name} to have rank 2`, got, 'Pass a [rows, columns] tensor.');
    }
    const data = Array.from(tensorData(where, name, value));
    return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns));
  }

  /** Copies a list of matrices. */
  function toMatrices(
    where: string,
    name: string,
    values: readonly MatrixLike[],
    shape: { columns?: number } = {},
  ): number[][][] {
    return toList(where, name, values).map((value, i) => toRows(where, `${name}[${i}]`, value, shape));
  }

  /** The same list as an array; refuses what has no length. */
  function toList<T>(where: string, name: string, values: ArrayLike<T>): T[] {
    const length = typeof values === 'object' && values !== null ? values.length : undefined;
    if (Number.isSafeInteger(length) && length! >= 0) return Array.from(values);
    throw new Refusal(where, `${name} to be an array`, described(values), `Pass ${name} as an array.`);
  }

  /** The numbers of a tensor; one that was disposed of has none. */
  function tensorData(where: string, name: string, tensor: TensorLike): ArrayLike<number> {
    try {
      return tensor.dataSync();
    } catch (error) {
      const fix = 'Pass a tensor that has not been disposed of.';
      throw new Refusal(where, `${name} to be a tensor that can be read`, (error as Error).message, fix);
    }
  }

  function checkFinite(where: string, name: string, values: readonly number[], at = ''): void {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return;
    const got = `${name}${at}[${bad}] = ${word(values[bad])}`;
    throw new Refusal(where, `finite numbers in ${name}`, got, 'Check where it overflowed.');
  }

  return { toRows, toFlat, toSquareRows, toVector, toMatrices, toList };
}

const isTensor = (value: object): value is TensorLike =>
  typeof (value as TensorLike).dataSync === 'function' && Array.isArray((value as TensorLike).shape);
