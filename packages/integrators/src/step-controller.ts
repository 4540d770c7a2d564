import type { Scale, StateSpace } from './state-space.js';

/** Aims a little below the tolerance, so that most steps are accepted. */
const SAFETY = 0.9;
const LEAST_FACTOR = 0.2;
const GREATEST_FACTOR = 10;

/** Decides on steps from error norms, where 1 is the tolerance. */
export interface StepController {
  /** The factor from an accepted step to the next one. */
  accept(error: number): number;
  /** The factor from a rejected step to the next try, below 1. */
  reject(error: number): number;
}

/**
 * The PI controller: factor = 0.9 · e_n^(-0.7/k) · e_{n-1}^(0.4/k), between 0.2 and 10, and at most 1 just after
 * a rejection. k is the order of the error estimate plus one, so that e is proportional to dt^k. The
 * second factor keeps steps from oscillating where stability, not accuracy, limits them.
 *
 * Source: Gustafsson, ACM Transactions on Mathematical Software 17 (1991) 533-554; Hairer and Wanner, Solving
 * Ordinary Differential Equations II, section IV.2.
 */
export function piController(k: number): StepController {
  let previous = 1;
  let rejected = false;
  return {
    accept(error) {
      const factor = SAFETY * error ** (-0.7 / k) * previous ** (0.4 / k);
      const limit = rejected ? 1 : GREATEST_FACTOR;
      previous = Math.max(error, 1e-4);
      rejected = false;
      return Math.min(limit, Math.max(LEAST_FACTOR, factor));
    },
    reject(error) {
      rejected = true;
      // A step into NaN or overflow says only that it was too long.
      if (!Number.isFinite(error)) return LEAST_FACTOR;
      return Math.max(LEAST_FACTOR, SAFETY * error ** (-1 / k));
    },
  };
}

/**
 * Size of a first step: one whose Euler increment is a hundredth of the state, and whose error would be about
 * a hundredth of the tolerance.
 *
 * Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, section II.4.
 */
export function firstStep<S extends D, D>(
  space: StateSpace<S, D>,
  f: (t: number, h: S) => D,
  { t, h, slope, span, k, scale }: { t: number; h: S; slope: D; span: number; k: number; scale: Scale<S> },
): number {
  const state = space.norm([1], [h], scale);
  const speed = space.norm([1], [slope], scale);
  const guess = Math.min(Math.abs(span), state < 1e-5 || speed < 1e-5 ? 1e-6 : (0.01 * state) / speed);
  const dt = Math.sign(span) * guess;
  const change = space.scope(() => {
    const ahead = f(t + dt, space.combine(h, [dt], [slope]));
    return space.norm([1, -1], [ahead, slope], scale) / guess;
  });
  const fastest = Math.max(speed, change);
  const byError = fastest <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : (0.01 / fastest) ** (1 / k);
  // A field that overflows one Euler step ahead says nothing about curvature.
  return Math.min(100 * guess, Number.isFinite(byError) ? byError : guess, Math.abs(span));
}
