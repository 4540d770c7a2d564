import {
  type FlatMatrix,
  type MatrixLike,
  matrixInput,
  type TensorLike,
  type VectorLike,
} from '@hurwitz/input';
import { LyapunovError } from './errors.js';

export type { MatrixLike, TensorLike, VectorLike };

const reader = matrixInput(LyapunovError);

/** Inputs [time][inputDim] of one trajectory, or [batch][time][inputDim]; nested arrays or a tensor. */
export type InputsLike = ArrayLike<ArrayLike<number>> | ArrayLike<ArrayLike<ArrayLike<number>>> | TensorLike;

/** Initial state [n], or one per trajectory [batch][n]; arrays or a tensor. */
export type InitialStateLike = ArrayLike<number> | ArrayLike<ArrayLike<number>> | TensorLike;

type Nested = number | ArrayLike<Nested>;

function isTensor(value: unknown): value is TensorLike {
  return typeof value === 'object' && value !== null && 'shape' in value && 'dataSync' in value;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return typeof value === 'object' && value !== null && 'length' in value && !isTensor(value);
}

/** A short description of a value for error messages: `array [3][2]`, `tensor [3,2]`, `undefined`. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (isTensor(value)) return `tensor [${value.shape.join(',')}]`;
  if (isArrayLike(value)) {
    let shape = '';
    for (let level: unknown = value; isArrayLike(level); level = level[0]) shape += `[${level.length}]`;
    return `array ${shape}`;
  }
  if (typeof value === 'function') return `the function ${value.name}`;
  return value === null || typeof value !== 'object' ? String(value) : 'object';
}

/** The nested arrays of a tensor, so that one code path reads both. */
function unpack(value: unknown): unknown {
  if (!isTensor(value)) return value;
  let nested: Nested[] = Array.from(value.dataSync());
  for (const size of value.shape.slice(1).reverse()) {
    const rows: Nested[] = [];
    for (let i = 0; i < nested.length; i += size) rows.push(nested.slice(i, i + size));
    nested = rows;
  }
  return nested;
}

/** Copies a vector of `length` into `out`; false when the shape does not fit. Finiteness is the caller's to judge. */
export function copyVector(value: unknown, out: Float64Array): boolean {
  const source = isTensor(value) ? value.dataSync() : (value as ArrayLike<number>);
  if (!isArrayLike(source) || source.length !== out.length) return false;
  for (let i = 0; i < out.length; i++) {
    const entry = source[i];
    if (typeof entry !== 'number') return false;
    out[i] = entry;
  }
  return true;
}

/** Copies a matrix, by rows or flat and row-major, into the row-major `out`; false when the shape does not fit. */
export function copyMatrix(value: unknown, rows: number, columns: number, out: Float64Array): boolean {
  if (isTensor(value)) {
    return value.shape[0] === rows && value.shape[1] === columns && copyVector(value, out);
  }
  if (!isArrayLike(value)) return false;
  if (value.length === rows && isArrayLike(value[0])) {
    for (let i = 0; i < rows; i++) {
      if (!copyVector(value[i], out.subarray(i * columns, (i + 1) * columns))) return false;
    }
    return true;
  }
  return copyVector(value, out);
}

/** A copy as a plain array. For the few numbers of most maps twice as fast as Array.from. */
export function plain(values: ArrayLike<number>): number[] {
  const copy: number[] = [];
  for (let i = 0; i < values.length; i++) copy.push(values[i]!);
  return copy;
}

/** A finite vector as a fresh Float64Array. */
export function readVector(value: unknown, name: string, where: string, length?: number): Float64Array {
  return Float64Array.from(reader.toVector(where, name, value as VectorLike, length));
}

/** A finite matrix as a fresh row-major Float64Array with its shape. */
export function readMatrix(value: unknown, name: string, where: string): FlatMatrix {
  return reader.toFlat(where, name, value as MatrixLike);
}

function assertFinite(values: ArrayLike<number>, name: string, where: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new LyapunovError(
        where,
        `finite numbers in ${name}`,
        `${values[i]} at position ${i}`,
        'Clean the data first.',
      );
    }
  }
}

/** Initial states, one per trajectory; a single vector gives one row. */
export function readStates(value: unknown, length: number | undefined, where: string): Float64Array[] {
  const source = unpack(value);
  if (isArrayLike(source) && isArrayLike(source[0])) {
    const size = length ?? source[0].length;
    return Array.from(source, (row) => readVector(row, 'initialState', where, size));
  }
  return [readVector(source, 'initialState', where, length)];
}

/** Input sequences [batch][time] of input vectors; one sequence without a batch axis gives a batch of one. */
export function readSequences(value: unknown, where: string): number[][][] {
  const source = unpack(value);
  const bad = (expected: string, got: string) =>
    new LyapunovError(
      where,
      expected,
      got,
      'Give [time][inputDim] for one trajectory or [batch][time][inputDim]; wrap scalars as [x].',
    );
  const first = isArrayLike(source) ? source[0] : undefined;
  const item = isArrayLike(first) ? first[0] : undefined;
  if (!isArrayLike(source) || !isArrayLike(first) || item === undefined) {
    throw bad('inputs as a sequence of input vectors', describe(value));
  }
  const batch = (isArrayLike(item) ? Array.from(source) : [source]) as ArrayLike<ArrayLike<number>>[];
  const width = batch[0]?.[0]?.length;
  const time = batch[0]?.length;
  return batch.map((sequence, b) => {
    if (!isArrayLike(sequence) || sequence.length !== time) {
      throw bad(`${time} time steps in every input sequence`, `${describe(sequence)} in sequence ${b}`);
    }
    return Array.from(sequence, (row, t) => {
      if (!isArrayLike(row) || row.length !== width) {
        throw bad(
          `input vectors of ${width} numbers`,
          `${describe(row)} at time ${t} of input sequence ${b}`,
        );
      }
      assertFinite(row, `inputs (time ${t} of sequence ${b})`, where);
      return Array.isArray(row) ? row : Array.from(row);
    });
  });
}

/** An option that must be an integer of at least `least`. */
export function assertInteger(value: unknown, name: string, least: number, where: string): void {
  if (!Number.isInteger(value) || (value as number) < least) {
    throw new LyapunovError(
      where,
      `${name} as an integer of at least ${least}`,
      describe(value),
      `Change ${name}.`,
    );
  }
}

/** An option that must be a finite number above `bound`. */
export function assertAbove(value: unknown, name: string, bound: number, where: string): void {
  if (!Number.isFinite(value) || (value as number) <= bound) {
    throw new LyapunovError(
      where,
      `${name} as a finite number above ${bound}`,
      describe(value),
      `Change ${name}.`,
    );
  }
}

/** An option that must be true or false. */
export function assertFlag(value: unknown, name: string, where: string): void {
  if (typeof value === 'boolean') return;
  throw new LyapunovError(where, `${name} as true or false`, describe(value), `Change ${name}.`);
}

/** An option that must be a finite number of at least 0. */
export function assertNotNegative(value: unknown, name: string, where: string): void {
  if (Number.isFinite(value) && (value as number) >= 0) return;
  throw new LyapunovError(
    where,
    `${name} as a finite number of at least 0`,
    describe(value),
    `Change ${name}.`,
  );
}

/** One input of a network: a vector of `size` numbers, or one token. */
export function assertInputLength(
  input: ArrayLike<number>,
  { size, tokens = false, where }: { size: number; tokens?: boolean; where: string },
): void {
  if (input.length === size) return;
  const driven = 'The network is driven: give inputs, [time, inputDim] or [batch, time, inputDim].';
  const fit = tokens ? 'Give [token] for each step.' : 'Match the kernel.';
  throw new LyapunovError(
    where,
    `input vectors of ${size} numbers`,
    input.length === 0 ? 'none' : `${input.length}`,
    input.length === 0 ? driven : fit,
  );
}
