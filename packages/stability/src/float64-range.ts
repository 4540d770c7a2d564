import { StabilityError } from './errors.js';

/** x·2^k, rounded once at most: exact inside float64's range, ±Infinity or 0 beyond it. */
export function timesPowerOfTwo(x: number, k: number): number {
  if (k >= -1022 && k <= 1023) return x * 2 ** k;
  if (x === 0 || k < -2200) return x * 0;
  if (!(k <= 2200)) return x * k; // out of range, or not a number
  const half = Math.trunc(k / 2);
  return timesPowerOfTwo(x * 2 ** half, k - half);
}

/** k with |x| between 2^(k-1) and 2^(k+1); ±Infinity or NaN for 0, ±Infinity, NaN. */
export const exponentOf = (x: number): number => Math.floor(Math.log2(Math.abs(x)));

/** The exponent k of the largest entry, which 2^-k brings to size 1; 0 when all entries are 0. */
export function largestExponent(entries: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < entries.length; i++) largest = Math.max(largest, Math.abs(entries[i]!));
  return largest === 0 ? 0 : exponentOf(largest);
}

/**
 * value·2^k as the result of a public function.
 *
 * @param what names the result in the error.
 * @throws StabilityError when the result is beyond float64's range.
 */
export function resultInRange(where: string, what: string, value: number, k = 0): number {
  const result = timesPowerOfTwo(value, k);
  if (Number.isFinite(result)) return result;
  const size = Math.log10(Math.abs(value)) + k * Math.log10(2);
  const got = Number.isFinite(size) ? `about ${value < 0 ? '-' : ''}1e${Math.round(size)}` : String(value);
  throw new StabilityError(where, `${what} within the range of float64`, got, 'Choose larger units.');
}
