import { type Complex, times, toComplex } from './complex.js';
import { IntegratorError } from './errors.js';
import { checkOptions } from './options.js';
import { firstUpwardCrossing } from './real-roots.js';
import { stabilityPolynomial } from './stability-function.js';
import { assertTableau, type Tableau } from './tableau.js';

/**
 * The largest dt such that |R(dt' λ)| ≤ 1 for every eigenvalue λ and every dt' from 0 to dt, in units of time.
 * `Infinity` when every eigenvalue is 0; 0 when there is none, as for eigenvalues of positive real part, and for
 * Euler's method on imaginary ones.
 *
 * The eigenvalues are those of the Jacobian ∂f/∂h (for dh/dt = A h + tanh(W h + ...), of A + D W with
 * D = diag(sech²)). For non-normal Jacobians a step within this bound may still let states grow for a while.
 *
 * Eigenvalues come out of numerical routines with rounding. So real parts, and whole eigenvalues, below
 * `tolerance` times the largest modulus count as 0.
 *
 * Method: p(x) = |R(x λ/|λ|)|² - 1 is a real polynomial in x; its first crossing to positive values is found
 * between the roots of its derivatives, to full precision.
 *
 * @throws {IntegratorError} when `eigenvalues` is empty or holds something that is not finite, or the
 * step is beyond the range of float64.
 */
export function largestStableStep(
  tableau: Tableau,
  eigenvalues: readonly (number | Complex)[],
  options: { tolerance?: number } = {},
): number {
  const where = 'largestStableStep';
  checkOptions(where, options, { tolerance: true });
  const { tolerance = 1e-13 } = options;
  assertTableau(where, tableau);
  if (!Array.isArray(eigenvalues) || eigenvalues.length === 0) {
    const got = Array.isArray(eigenvalues) ? 'an empty array' : String(eigenvalues);
    throw new IntegratorError(
      where,
      'an array of at least one eigenvalue',
      got,
      'Pass numbers or { re, im }.',
    );
  }
  if (!(Number.isFinite(tolerance) && tolerance >= 0 && tolerance < 1)) {
    throw new IntegratorError(
      where,
      'a tolerance from 0 to below 1',
      String(tolerance),
      'Leave it out for 1e-13.',
    );
  }
  const given = eigenvalues.map((lambda, i) => toComplex(where, `eigenvalue ${i}`, lambda));
  // In units in which the largest part is 1: moduli neither overflow nor lose their digits.
  const unitRate = given.reduce((most, { re, im }) => Math.max(most, Math.abs(re), Math.abs(im)), 0) || 1;
  const lambdas = given.map(({ re, im }) => ({ re: re / unitRate, im: im / unitRate }));
  const moduli = lambdas.map(({ re, im }) => Math.hypot(re, im));
  const negligible = tolerance * Math.max(...moduli);
  const coefficients = stabilityPolynomial(tableau);
  let smallest = Number.POSITIVE_INFINITY;
  lambdas.forEach(({ re, im }, i) => {
    const modulus = moduli[i]!;
    if (modulus <= negligible) return;
    const unit =
      Math.abs(re) <= negligible ? { re: 0, im: Math.sign(im) } : { re: re / modulus, im: im / modulus };
    smallest = Math.min(smallest, firstUpwardCrossing(growthAlong(coefficients, unit)) / modulus);
  });
  const step = smallest / unitRate;
  if (step === Number.POSITIVE_INFINITY && smallest < step) {
    const got = `one beyond it, for rates of ${unitRate}`;
    throw new IntegratorError(
      where,
      'a step within the range of float64',
      got,
      'Choose a larger unit of time.',
    );
  }
  return step;
}

/** Coefficients of |R(x u)|² - 1 by ascending power of x, for |u| = 1; those that are rounding are set to 0. */
function growthAlong(coefficients: readonly number[], unit: Complex): number[] {
  // Re(u^j conj(u)^k) = Re(u^|j - k|) on the unit circle.
  const cosines: number[] = [];
  let power: Complex = { re: 1, im: 0 };
  for (let j = 0; j < coefficients.length; j++) {
    cosines.push(power.re);
    power = times(power, unit);
  }
  const growth = [0];
  for (let m = 1; m <= 2 * (coefficients.length - 1); m++) {
    let value = 0;
    let size = 0;
    for (let j = Math.max(0, m - coefficients.length + 1); j <= Math.min(m, coefficients.length - 1); j++) {
      const product = coefficients[j]! * coefficients[m - j]!;
      value += product * cosines[Math.abs(2 * j - m)]!;
      size += Math.abs(product);
    }
    growth.push(Math.abs(value) <= 1e-15 * size ? 0 : value);
  }
  return growth;
}
