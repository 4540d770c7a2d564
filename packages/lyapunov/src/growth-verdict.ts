import { LyapunovError } from './errors.js';
import type { SpectrumEstimate } from './growth-record.js';
import { assertAbove, assertNotNegative, describe } from './numeric-input.js';
import { checkOptions } from './options.js';

/** What a verdict is read from: part of every estimate. */
export type EstimatedExponents = Pick<
  SpectrumEstimate,
  'exponents' | 'standardError' | 'settled' | 'rounding'
>;

export interface GrowthVerdictOptions {
  /** Standard errors that an exponent has to be away from zero for its sign to count. */
  deviations?: number;
  /** Distance from zero below which no sign counts, in the unit of the exponents: 1e-6, say, for float32 weights. */
  tolerance?: number;
}

export interface GrowthVerdict {
  /**
   * 'expanding' where the largest exponent is above zero by more than its error, and its estimate has settled: chaos,
   * if the motion is bounded. 'contracting' where it is as surely below. 'undecided' otherwise.
   */
  growth: 'expanding' | 'contracting' | 'undecided';
  /** Whether the estimate of the largest exponent has settled. Where not, it is a rate of these steps only. */
  settled: boolean;
  /** The sign of each exponent, 0 where it is not known. */
  signs: (-1 | 0 | 1)[];
}

/**
 * What the largest exponent of a spectrum says about small differences: its sign, where it is `deviations` standard
 * errors and the error of rounding from zero and its estimate has settled.
 *
 * @example
 * growthVerdict(lyapunovSpectrum(lorenz(), { dt: 0.01, warmup: 1000, steps: 50_000 })).growth; // 'expanding'
 *
 * @throws {LyapunovError} on lists that do not fit each other.
 */
export function growthVerdict(
  estimate: EstimatedExponents,
  options: GrowthVerdictOptions = {},
): GrowthVerdict {
  const where = 'growthVerdict';
  checkOptions(where, options, { deviations: true, tolerance: true });
  const { deviations = 3, tolerance = 0 } = options;
  assertAbove(deviations, 'deviations', 0, where);
  assertNotNegative(tolerance, 'tolerance', where);
  const { exponents, standardError, settled, rounding } = read(estimate, where);
  const signs = exponents.map((value, i): -1 | 0 | 1 => {
    const error = Math.max(deviations * standardError[i]! + rounding, tolerance);
    if (!settled[i]) return 0;
    return value > error ? 1 : value < -error ? -1 : 0;
  });
  const largest = exponents.indexOf(Math.max(...exponents));
  return {
    growth: signs[largest] === 1 ? 'expanding' : signs[largest] === -1 ? 'contracting' : 'undecided',
    settled: settled[largest]!,
    signs,
  };
}

function read(estimate: EstimatedExponents, where: string): EstimatedExponents {
  const { exponents, standardError, settled, rounding } = estimate ?? {};
  const lists = [exponents, standardError, settled];
  const length = exponents?.length ?? 0;
  const numbers = (list: unknown, most: number): boolean =>
    Array.isArray(list) && list.every((value) => typeof value === 'number' && value <= most);
  if (
    length > 0 &&
    lists.every((list) => Array.isArray(list) && list.length === length) &&
    numbers(exponents, Number.MAX_VALUE) &&
    numbers(standardError, Number.POSITIVE_INFINITY) &&
    Number.isFinite(rounding)
  ) {
    return estimate;
  }
  throw new LyapunovError(
    where,
    'exponents, standardError and settled, one entry for each exponent, and rounding',
    typeof estimate === 'object' && estimate
      ? [...lists, rounding].map(describe).join(', ')
      : describe(estimate),
    'Pass what lyapunovSpectrum, untilStandardError or estimate() of a stepper gives.',
  );
}
