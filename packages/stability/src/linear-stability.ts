import type { ScaledEigenvalue } from './spectrum.js';

/**
 * What the eigenvalues λ of the Jacobian say of the flow near an equilibrium: 'attracting' (all Re λ < 0), 'repelling'
 * (all Re λ > 0), 'saddle' (some of each), 'centre' (all Re λ = 0 and not all λ = 0: a centre of the linear flow; the
 * nonlinear one may spiral either way), 'undecided' (some Re λ on the axis to rounding).
 */
export type EquilibriumKind = 'attracting' | 'repelling' | 'saddle' | 'centre' | 'undecided';

/**
 * Classifies an equilibrium by its eigenvalues, each with the norm of the balanced irreducible block that holds it; a real
 * part within 100 n ε of that norm counts as zero.
 */
export function classify(eigenvalues: readonly ScaledEigenvalue[]): EquilibriumKind {
  const relative = 100 * eigenvalues.length * Number.EPSILON;
  const count = (holds: (value: ScaledEigenvalue, tolerance: number) => boolean): number =>
    eigenvalues.filter((value) => holds(value, relative * value.scale)).length;
  const falling = count(({ re }, tolerance) => re < -tolerance);
  const growing = count(({ re }, tolerance) => re > tolerance);
  if (falling === eigenvalues.length) return 'attracting';
  if (growing === eigenvalues.length) return 'repelling';
  if (falling > 0 && growing > 0) return 'saddle';
  const turning = count(({ im }, tolerance) => Math.abs(im) > tolerance) === eigenvalues.length;
  return falling === 0 && growing === 0 && turning ? 'centre' : 'undecided';
}
