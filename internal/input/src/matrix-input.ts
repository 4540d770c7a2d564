import { described } from './described.js';
import type { InputError } from './input-error.js';
import { word } from './number-input.js';
import type { MatrixLike, TensorLike, VectorLike } from './types.js';

/**
 * The readers of matrices and vectors, for a package that throws `Refusal`. `where` is the public function that reads,
 * `name` what it reads.
 */
export function matrixInput(Refusal: typeof InputError) {
  /** Copies a matrix into rows of float64; refuses one that is empty, ragged, of another shape or not finite. */
  function toRows(
    where: string,
    name: string,
    value: MatrixLike,
    shape: { rows?: number; columns?: number } = {},
  ): number[][] {
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
      throw new Refusal(where, expected, got, fix);
    }
    for (const [i, row] of rows.entries()) checkFinite(where, `${name}[${i}]`, row);
    return rows;
  }

  /** Copies a vector of the given length into float64; refuses one that is not finite. */
  function toVector(where: string, name: string, value: VectorLike, length: number): number[] {
    if (value === null || typeof value !== 'object') {
      throw new Refusal(where, `${name} to be a vector`, described(value), 'Pass numbers or a tensor.');
    }
    const vector = Array.from(isTensor(value) ? tensorData(where, name, value) : value);
    if (vector.length !== length) {
      const fix = 'bias and initialState are [units], input [inputDim], targets [outputs].';
      throw new Refusal(where, `${name} of length ${length}`, `length ${vector.length}`, fix);
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

  function checkFinite(where: string, name: string, values: readonly number[]): void {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return;
    const got = `${name}[${bad}] = ${word(values[bad])}`;
    throw new Refusal(where, 'finite numbers', got, 'Check where it overflowed.');
  }

  return { toRows, toVector, toMatrices, toList };
}

const isTensor = (value: object): value is TensorLike =>
  typeof (value as TensorLike).dataSync === 'function' && Array.isArray((value as TensorLike).shape);
