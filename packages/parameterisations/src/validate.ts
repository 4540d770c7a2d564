import { described, type OptionNames, optionsInput } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { ParameterisationError } from './errors.js';

/** Throws unless the options are an object that holds no others than those known. */
export const { checkOptions } = optionsInput(ParameterisationError);

/**
 * The same for the options of a map, which may also carry notes: text under a name of its own, as tables of options have
 * it. No option of a map is a text.
 */
export function checkMapOptions<Options extends object>(
  where: string,
  options: Options,
  known: OptionNames<Options>,
): void {
  const isOption = ([name, value]: [string, unknown]) =>
    typeof value !== 'string' || Object.hasOwn(known, name);
  const noted = typeof options === 'object' && options !== null && !Object.entries(options).every(isOption);
  const bare = noted ? Object.fromEntries(Object.entries(options).filter(isOption)) : options;
  checkOptions(where, bare as Options, known);
}

/** Throws unless `units` is a positive integer. */
export function checkUnits(where: string, units: number): void {
  if (!Number.isSafeInteger(units) || units < 1) {
    throw new ParameterisationError(
      where,
      'units, a positive integer',
      described(units),
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
      described(value),
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
  if (!isReadable(v) || v.shape.length !== 1 || v.shape[0] !== count || v.dtype !== 'float32') {
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
  const isMatrix =
    isReadable(M) && M.shape.length === 2 && M.shape[0] > 0 && M.shape[1] > 0 && M.dtype === 'float32';
  if (!isMatrix || (square && M.shape[0] !== M.shape[1])) {
    throw new ParameterisationError(
      where,
      `${name}, a ${square ? 'square float32 tensor [units, units]' : 'float32 tensor [rows, columns]'}`,
      describe(M),
      `Pass one ${square ? 'square ' : ''}matrix.`,
    );
  }
}

/** Whether this is a tensor that still has its data. */
const isReadable = (x: unknown): x is tf.Tensor => x instanceof tf.Tensor && !x.isDisposed;

function describe(x: unknown): string {
  if (!(x instanceof tf.Tensor)) {
    return Array.isArray(x) ? 'an array (wrap it in a tensor)' : described(x);
  }
  const kind = x.isDisposed ? 'a disposed tensor' : 'a tensor';
  return `${kind} of type ${x.dtype} and shape [${x.shape.join(', ')}]`;
}
