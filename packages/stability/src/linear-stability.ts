import type { Complex } from './matrix.js';

/**
 * What the eigenvalues λ of the Jacobian say of the flow near an equilibrium: 'attracting' (all Re λ < 0), 'repelling'
 * (all Re λ > 0), 'saddle' (some of each), 'centre' (all Re λ = 0 and not all λ = 0: a centre of the linear flow; the
 * nonlinear one may spiral either way), 'undecided' (some Re λ on the axis to rounding).
 */
export type EquilibriumKind = 'attracting' | 'repelling' | 'saddle' | 'centre' | 'undecided';

/**
 * Classifies an equilibrium by its eigenvalues.
 *
 * @param options.scale norm of the matrix they belong to; real parts within 100 n ε of it count as zero.
 */
export function classify(eigenvalues: readonly Complex[], { scale }: { scale: number }): EquilibriumKind {
  const tolerance = 100 * eigenvalues.length * Number.EPSILON * scale;
  const falling = eigenvalues.filter(({ re }) => re < -tolerance).length;
  const growing = eigenvalues.filter(({ re }) => re > tolerance).length;
  if (falling === eigenvalues.length) return 'attracting';
  if (growing === eigenvalues.length) return 'repelling';
  if (falling > 0 && growing > 0) return 'saddle';
  const turning = eigenvalues.every(({ im }) => Math.abs(im) > tolerance);
  return falling === 0 && growing === 0 && turning ? 'centre' : 'undecided';
}
