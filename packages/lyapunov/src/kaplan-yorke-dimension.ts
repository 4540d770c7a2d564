import { LyapunovError } from './errors.js';
import { describe } from './numeric-input.js';

/** The exponents sorted from the largest; refuses an empty list and NaN. */
function sortedExponents(exponents: ArrayLike<number>, where: string): number[] {
  const given: unknown[] = typeof exponents === 'object' ? Array.from(exponents ?? []) : [];
  const isExponent = (value: unknown): value is number =>
    typeof value === 'number' && value < Number.POSITIVE_INFINITY;
  if (given.length === 0 || !given.every(isExponent)) {
    throw new LyapunovError(
      where,
      'at least one exponent, each a number or -Infinity',
      given.length > 0 ? `[${given.map(String).join(', ')}]` : describe(exponents),
      'Pass a spectrum.',
    );
  }
  return given.sort((a, b) => b - a);
}

/**
 * Kaplan–Yorke (Lyapunov) dimension of an attractor, the conjectured information dimension:
 *
 *     D = j + (λ_1 + ... + λ_j) / |λ_{j+1}|,   j the last index with λ_1 + ... + λ_j >= 0
 *
 * (Kaplan & Yorke 1979). 0 when every exponent is negative. When no partial sum is negative the answer is the number
 * of exponents given: right for a full spectrum (volume does not shrink), a lower bound for the k leading ones.
 * Order and units of the exponents do not matter. Throws `LyapunovError` on an empty list or NaN.
 */
export function kaplanYorkeDimension(exponents: ArrayLike<number>): number {
  const sorted = sortedExponents(exponents, 'kaplanYorkeDimension');
  let sum = 0;
  for (const [j, exponent] of sorted.entries()) {
    if (sum + exponent < 0) return j + sum / -exponent;
    sum += exponent;
  }
  return sorted.length;
}

/**
 * Upper bound of the Kolmogorov–Sinai entropy: the sum of the positive exponents (Ruelle 1978), in the unit of the
 * exponents. Equal to the entropy for systems with a smooth measure along the unstable directions (Pesin 1977).
 * A lower bound of that sum when some positive exponents are missing from the list. Throws as `kaplanYorkeDimension`.
 */
export function entropyBound(exponents: ArrayLike<number>): number {
  return sortedExponents(exponents, 'entropyBound').reduce((sum, value) => sum + Math.max(value, 0), 0);
}
