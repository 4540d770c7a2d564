import { type Complex, described } from '@hurwitz/input';
import { IntegratorError } from './errors.js';

export type { Complex };

/** A real number or `{ re, im }` as a complex number. @throws {IntegratorError} unless it is finite. */
export function toComplex(where: string, name: string, z: number | Complex): Complex {
  const { re, im } = typeof z === 'number' ? { re: z, im: 0 } : (z ?? {});
  if (Number.isFinite(re) && Number.isFinite(im)) return { re: re as number, im: im as number };
  throw new IntegratorError(
    where,
    `${name} as a finite number or { re, im }`,
    described(z),
    'Complex numbers are plain objects with two finite parts.',
  );
}

export function times(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function plus(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function minus(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

export function over(a: Complex, b: Complex): Complex {
  const size = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
}

/** Σ_j coefficients_j z^j with real coefficients, by Horner's rule. */
export function polynomial(coefficients: readonly number[], z: Complex): Complex {
  return coefficients.reduceRight<Complex>(
    (value, coefficient) => {
      const next = times(value, z);
      return { re: next.re + coefficient, im: next.im };
    },
    { re: 0, im: 0 },
  );
}

/** Coefficients of the derivative of a polynomial. */
export function derivative(coefficients: readonly number[]): number[] {
  return coefficients.slice(1).map((coefficient, j) => coefficient * (j + 1));
}
