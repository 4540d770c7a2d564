import { described } from '@hurwitz/input';
import { StabilityError } from './errors.js';
import type { Complex } from './matrix.js';

/** An explicit Runge–Kutta method; the tableaux of @hurwitz/integrators fit. */
export interface TableauLike {
  /** Strictly lower triangular: row i has i entries, or zeros after them. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c?: readonly number[];
}

/** A one-step scheme, by its tableau or by its stability function R(z), h⁺ = R(Δt λ) h on dh/dt = λ h. */
export type Scheme = TableauLike | ((z: Complex) => Complex);

/** h ← h + Δt f(h). */
export const eulerTableau: TableauLike = { a: [[]], b: [1], c: [0] };

/** The classical fourth-order method, what simulations here use by default. */
export const classicalTableau: TableauLike = {
  a: [[], [0.5], [0, 0.5], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  c: [0, 0.5, 0.5, 1],
};

/** Checks that a tableau is explicit and consistent. */
export function checkTableau(where: string, tableau: TableauLike): void {
  const { a, b } = tableau ?? {};
  if (!Array.isArray(a) || !Array.isArray(b) || !a.every(Array.isArray)) {
    const fix = 'Take a tableau of @hurwitz/integrators, such as rk4, or pass its { a, b }.';
    throw new StabilityError(where, 'scheme, a tableau with rows a and weights b', described(tableau), fix);
  }
  const stages = b.length;
  const finite = [...b, ...a.flat()].every(Number.isFinite);
  const explicit = a.length === stages && a.every((row, i) => row.slice(i).every((x) => x === 0));
  if (stages === 0 || !finite || !explicit) {
    const got = `a with ${a.length} rows for ${stages} weights${explicit ? '' : ', not strictly lower triangular'}`;
    throw new StabilityError(
      where,
      'scheme to be an explicit tableau',
      got,
      'Or pass its stability function.',
    );
  }
  const sum = b.reduce((total, x) => total + x, 0);
  if (Math.abs(sum - 1) > 1e-12) {
    throw new StabilityError(where, 'the weights b to sum to 1', String(sum), 'Correct the tableau.');
  }
}

/** |R(z)|² - 1, negative where the scheme damps, and its rounding error. */
export interface Growth {
  readonly value: number;
  readonly rounding: number;
}

/**
 * |R(z)|² - 1 of a scheme, from w = R - 1 as 2 Re w + |w|². A tableau gives w itself, so that small damping is not lost
 * in the 1; a stability function gives R.
 */
export function toGrowth(where: string, scheme: Scheme): (z: Complex) => Growth {
  if (typeof scheme === 'function') {
    return (z) => {
      const { re = Number.NaN, im = Number.NaN } = scheme(z) ?? {};
      if (Number.isNaN(re) || Number.isNaN(im)) {
        const fix = 'A stability function must be finite off its poles.';
        throw new StabilityError(where, 'a stability function', `NaN at ${z.re} + ${z.im}i`, fix);
      }
      const square = re * re + im * im;
      return { value: square - 1, rounding: 4 * Number.EPSILON * (1 + square) };
    };
  }
  const increment = fromTableau(where, scheme);
  return (z) => {
    const { re, im } = increment(z);
    const square = re * re + im * im;
    return { value: 2 * re + square, rounding: 4 * Number.EPSILON * (2 * Math.abs(re) + square) };
  };
}

/** R(z) - 1 = z Σ bᵢ kᵢ with kᵢ = 1 + z Σ aᵢⱼ kⱼ. */
function fromTableau(where: string, tableau: TableauLike): (z: Complex) => Complex {
  checkTableau(where, tableau);
  const { a, b } = tableau;
  return (z) => {
    const stages: Complex[] = [];
    for (const row of a) {
      const sum = combine(row, stages);
      stages.push({ re: 1 + z.re * sum.re - z.im * sum.im, im: z.re * sum.im + z.im * sum.re });
    }
    const sum = combine(b, stages);
    return { re: z.re * sum.re - z.im * sum.im, im: z.re * sum.im + z.im * sum.re };
  };
}

function combine(weights: readonly number[], stages: readonly Complex[]): Complex {
  let re = 0;
  let im = 0;
  stages.forEach((stage, j) => {
    re += (weights[j] ?? 0) * stage.re;
    im += (weights[j] ?? 0) * stage.im;
  });
  return { re, im };
}
