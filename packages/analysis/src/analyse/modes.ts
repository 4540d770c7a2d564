import type { DiscretisationReport } from '@hurwitz/stability';
import { numberText } from '@hurwitz/training';
import { isOne } from './findings.js';

/** What a step makes of the mode that it damps least. */
export type Fate = 'damped' | 'hardly damped' | 'kept' | 'amplified';

/** A mode that takes more steps than this to halve is damped in name only. */
const slowSteps = 1e5;

/** What one step makes of the mode of largest |R(ελ)|. */
export function fateOf({ verdict, largestModulus }: DiscretisationReport): Fate {
  if (verdict === 'undecided' || isOne(largestModulus)) return 'kept';
  if (verdict === 'fails') return 'amplified';
  return halving(largestModulus) > slowSteps ? 'hardly damped' : 'damped';
}

/** Steps in which a factor below 1 halves what it multiplies. */
export const halving = (factor: number): number => -Math.LN2 / Math.log(factor);

/** What becomes of a small deviation from a rest point, for its line in a table. */
export function fateOfDeviation(report: DiscretisationReport): string {
  return {
    damped: 'below 1: the layer as it is stepped returns there',
    'hardly damped': `so near 1 that a small deviation takes ${numberText(halving(report.largestModulus))} steps to halve`,
    kept: '1 to rounding: a small deviation neither dies out nor grows',
    amplified: 'above 1: the layer as it is stepped leaves it',
  }[fateOf(report)];
}

/** What becomes of the modes of the step Jacobians along a trajectory. */
export function fateOfModes(report: DiscretisationReport): string {
  return {
    damped: 'below 1: every mode is damped',
    'hardly damped': `so near 1 that a mode takes ${numberText(halving(report.largestModulus))} steps to halve`,
    kept: '1 to rounding: a mode is kept',
    amplified: 'above 1: a mode is amplified',
  }[fateOf(report)];
}

/** What the flow itself does to a mode with this real part, told from zero as far as float32 weights allow. */
export function fateInFlow(realPart: number, size: number): 'decays' | 'grows' | 'is kept' {
  if (Math.abs(realPart) <= 1e-7 * size) return 'is kept';
  return realPart < 0 ? 'decays' : 'grows';
}
