import { checkChoice, checkNumber, checkOptions } from './numeric-input.js';

/** Learning rates: α/t at step t = 1, 2, ..., or α throughout. */
export interface RateSchedule {
  readonly alpha: number;
  readonly schedule: 'inverse' | 'constant';
}

/** The rate of step t, counted from 1. */
export const rateAt = ({ alpha, schedule }: RateSchedule, t: number): number =>
  schedule === 'inverse' ? alpha / t : alpha;

export function checkSchedule(where: string, rate: RateSchedule): void {
  checkOptions(where, rate, { alpha: true, schedule: true });
  checkNumber(where, 'alpha', rate.alpha, { above: 0 });
  checkChoice(where, 'schedule', rate.schedule, ['inverse', 'constant']);
}

/**
 * How far projected gradient descent on the truncated model is from that on the recurrent one after 0, 1, ..., N steps from
 * the same weights: e_t = (1 + α_t β) e_{t-1} + α_t δ, e_0 = 0, for gradients that differ by at most δ and are β-Lipschitz.
 *
 * For rates α/t this is at most α δ N^(αβ+1), Proposition 2 of Miller and Hardt (ICLR 2019). The projection is onto a convex
 * set, so it brings no two points further apart. Infinity where the bound is beyond float64.
 *
 * @param options.gradientGap δ, of `gradientGapBound`.
 * @param options.smoothness β, of `smoothness`.
 * @returns N + 1 numbers.
 */
export function weightGapBounds(options: {
  steps: number;
  rate: RateSchedule;
  gradientGap: number;
  smoothness: number;
}): number[] {
  const where = 'weightGapBounds';
  checkOptions(where, options, { steps: true, rate: true, gradientGap: true, smoothness: true });
  const { steps, rate, gradientGap, smoothness } = options;
  checkNumber(where, 'steps', steps, { least: 0, integer: true });
  checkNumber(where, 'gradientGap', gradientGap, { least: 0 });
  checkNumber(where, 'smoothness', smoothness, { least: 0 });
  checkSchedule(where, rate);
  const bounds = [0];
  for (let t = 1; t <= steps; t++) {
    const alpha = rateAt(rate, t);
    bounds.push((1 + alpha * smoothness) * bounds[t - 1]! + alpha * gradientGap);
  }
  return bounds;
}
