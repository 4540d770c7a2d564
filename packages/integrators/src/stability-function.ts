import { type Complex, polynomial, toComplex } from './complex.js';
import { IntegratorError } from './errors.js';
import { assertTableau, type Tableau } from './tableau.js';

const known = new WeakMap<Tableau, readonly number[]>();

/**
 * Coefficients of the stability function by ascending power of z: 1, bᵀ1, bᵀA1, bᵀA²1, ..., without trailing
 * zeros. Up to the order p of the tableau they are 1/j! exactly, as the order conditions demand.
 */
export function stabilityPolynomial(tableau: Tableau): readonly number[] {
  assertTableau('stabilityPolynomial', tableau);
  let coefficients = known.get(tableau);
  if (!coefficients) {
    coefficients = Object.freeze(expand(tableau));
    known.set(tableau, coefficients);
  }
  return coefficients;
}

function expand({ a, b, order }: Tableau): number[] {
  const coefficients = [1];
  let powers = b.map(() => 1);
  let factorial = 1;
  for (let j = 1; j <= b.length; j++) {
    factorial *= j;
    const value = b.reduce((sum, weight, i) => sum + weight * powers[i]!, 0);
    // The exact value, not its rounding: whether |R| passes 1 near z = 0 hangs on cancellation among these.
    coefficients.push(j <= order ? 1 / factorial : value);
    powers = a.map((row) => row.reduce((sum, aij, k) => sum + aij * powers[k]!, 0));
  }
  // A coefficient this far below 1/j! is the rounding of a zero.
  while (Math.abs(coefficients.at(-1)!) * factorial <= 1e-14) {
    factorial /= coefficients.length - 1;
    coefficients.pop();
  }
  return coefficients;
}

/**
 * The stability function R(z) = 1 + Σ_j z^j bᵀ A^(j-1) 1: one step on dh/dt = λ h multiplies the state by
 * R(dt λ). A polynomial, for explicit schemes; R(z) = exp(z) + O(z^(p+1)) at order p.
 *
 * @returns `{ re, im }`.
 * @throws {IntegratorError} when `z` is not a finite number or `{ re, im }`, or R(z) is beyond the range of float64.
 *
 * Source: Hairer and Wanner, Solving Ordinary Differential Equations II, section IV.2.
 */
export function stabilityFunction(tableau: Tableau, z: number | Complex): Complex {
  assertTableau('stabilityFunction', tableau);
  const at = toComplex('stabilityFunction', 'z', z);
  const value = polynomial(stabilityPolynomial(tableau), at);
  if (Number.isFinite(value.re) && Number.isFinite(value.im)) return value;
  throw new IntegratorError(
    'stabilityFunction',
    'z at which R(z) is within the range of float64',
    `${at.re} + ${at.im}i`,
    'Shorten the step: |R(z)| grows with the power of |z| that the stages have.',
  );
}
