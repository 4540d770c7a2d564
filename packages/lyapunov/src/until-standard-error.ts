import { LyapunovError } from './errors.js';
import type { SpectrumEstimate } from './growth-record.js';
import { assertAbove, assertInteger } from './numeric-input.js';
import { checkRunOptions } from './options.js';
import { runOptions as ofRun, type Run, type RunOptions, withRun } from './run.js';
import type { LyapunovSystem } from './system.js';

export interface UntilStandardErrorOptions extends RunOptions {
  /** Standard error that every followed exponent has to reach, in the unit of the exponents. Required. */
  standardError?: number;
  /** Give up after so many steps, or at the end of the inputs. */
  maxSteps?: number;
  /** Steps between looks, and the fewest taken. */
  checkInterval?: number;
}

export interface ConvergenceReport extends SpectrumEstimate {
  /** Whether every standard error is at most the one asked for. */
  converged: boolean;
  /**
   * Steps at which the standard error would get there if it went on falling as 1/sqrt(steps); equal to `steps` when
   * converged, Infinity when there is not enough to tell.
   */
  stepsNeeded: number;
}

/**
 * Runs until the standard error of every followed exponent is small enough, and says how many steps that took or
 * would take.
 *
 * The standard error measures scatter: over the batch, or over blocks of time for one trajectory. It does not see a
 * transient that all trajectories share, so give a warm-up. Throws as `lyapunovSpectrum` does; not reaching the
 * tolerance is an answer (`converged: false`), not an error.
 */
export function untilStandardError(
  system: LyapunovSystem,
  options: UntilStandardErrorOptions,
): ConvergenceReport {
  const where = 'untilStandardError';
  checkRunOptions(where, options, { ...ofRun, standardError: true, maxSteps: true, checkInterval: true });
  const { standardError, maxSteps = 1_000_000, checkInterval = 100, ...runOptions } = options;
  if (standardError === undefined) {
    throw new LyapunovError(
      where,
      'standardError, the tolerance',
      'none',
      'Pass { standardError: 0.01 }, say.',
    );
  }
  assertAbove(standardError, 'standardError', 0, where);
  assertInteger(maxSteps, 'maxSteps', 1, where);
  assertInteger(checkInterval, 'checkInterval', 1, where);
  return withRun({ system, options: runOptions, where }, (run) =>
    converge(run, { standardError, maxSteps, checkInterval }),
  );
}

function converge(
  run: Run,
  { standardError, maxSteps, checkInterval }: Record<'standardError' | 'maxSteps' | 'checkInterval', number>,
): ConvergenceReport {
  const limit = Math.min(maxSteps, run.available ?? maxSteps);
  for (;;) {
    run.take(Math.min(checkInterval, limit - run.stepper.steps));
    const estimate = run.stepper.estimate();
    const worst = Math.max(...estimate.standardError);
    const converged = worst <= standardError;
    if (converged || estimate.steps >= limit) {
      const stepsNeeded = converged
        ? estimate.steps
        : Math.ceil(estimate.steps * (worst / standardError) ** 2);
      return { ...estimate, converged, stepsNeeded };
    }
  }
}
