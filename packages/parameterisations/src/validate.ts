import type * as tf from '@tensorflow/tfjs-core';
import { ParameterisationError } from './errors.js';

/** Throws unless `units` is a positive integer. */
export function checkUnits(where: string, units: number): void {
  if (!Number.isSafeInteger(units) || units < 1) {
    throw new ParameterisationError(
      where,
      'units, a positive integer',
      String(units),
      'Pass { units }, the size of the square matrix.',
    );
  }
}

/** Throws unless `value` lies in the interval given in words and as a test; NaN and infinities never do. */
export function checkNumber(
  where: string,
  name: string,
  value: number,
  {
    range = 'a finite number',
    within = () => true,
  }: { range?: string; within?: (value: number) => boolean } = {},
): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || !within(value)) {
    throw new ParameterisationError(
      where,
      `${name}, ${range}`,
      String(value),
      `Choose ${name} in that range.`,
    );
  }
}

/** Throws unless `tolerance` is a number above zero. */
export function checkTolerance(where: string, tolerance: number): void {
  checkNumber(where, 'tolerance', tolerance, { range: 'a number above 0', within: (x) => x > 0 });
}

/** Throws unless `v` holds the strict upper triangle of a `units` by `units` matrix. */
export function checkTriangle(where: string, v: tf.Tensor1D, units: number): void {
  checkUnits(where, units);
  const count = (units * (units - 1)) / 2;
  if (v?.shape?.length !== 1 || v.shape[0] !== count || v.dtype !== 'float32') {
    throw new ParameterisationError(
      where,
      `a float32 tensor of shape [${count}], the strict upper triangle of a ${units} by ${units} matrix row by row`,
      describe(v),
      `units * (units - 1) / 2 free parameters make units = ${units}.`,
    );
  }
}

/** Throws unless `M` is a tensor of rank two; also unless it is square, when asked. */
export function checkMatrix(
  where: string,
  M: tf.Tensor2D,
  { square = true, name = 'M' }: { square?: boolean; name?: string } = {},
): void {
  const shape = M?.shape;
  const isMatrix = shape?.length === 2 && shape[0] > 0 && shape[1] > 0 && M.dtype === 'float32';
  if (!isMatrix || (square && shape[0] !== shape[1])) {
    throw new ParameterisationError(
      where,
      `${name}, a ${square ? 'square float32 tensor [units, units]' : 'float32 tensor [rows, columns]'}`,
      describe(M),
      `Pass one ${square ? 'square ' : ''}matrix.`,
    );
  }
}

function describe(x: unknown): string {
  const { shape, dtype } = (x ?? {}) as { shape?: unknown; dtype?: unknown };
  if (Array.isArray(shape)) return `a tensor of type ${dtype} and shape [${shape.join(', ')}]`;
  return Array.isArray(x) ? 'an array (wrap it in a tensor)' : String(x);
}
