import { assertInteger } from './numeric-input.js';
import { checkRunOptions } from './options.js';
import { type Run, type RunOptions, runOptions, withRun } from './run.js';
import type { LyapunovSystem } from './system.js';

export interface FiniteTimeOptions extends RunOptions {
  /** Steps in each window; 1 gives the local exponents. */
  window?: number;
  /** Windows, one after the other. Default: as many as the inputs hold; required without inputs. */
  windows?: number;
}

/**
 * Growth rates over windows of the trajectory, [trajectory][window][exponent]: how stability varies along the
 * attractor. Their mean over the windows is the Lyapunov spectrum, and for window = 1 they are the local exponents.
 *
 * They are rates of the frame that the QR method carries (the backward Lyapunov vectors), in its order and not sorted
 * within a window, so each position can be followed in time. Warm up first: the frame needs to settle. Units and
 * errors as for `lyapunovSpectrum`.
 */
export function finiteTimeExponents(system: LyapunovSystem, options: FiniteTimeOptions = {}): number[][][] {
  const where = 'finiteTimeExponents';
  checkRunOptions(where, options, { ...runOptions, window: true, windows: true });
  const { window = 1, windows } = options;
  if (windows !== undefined) assertInteger(windows, 'windows', 1, where);
  assertInteger(window, 'window', 1, where);
  return withRun({ system, options, where }, (run) => windowRates(run, { ...options, window }));
}

function windowRates(run: Run, { window, windows }: { window: number; windows?: number }): number[][][] {
  const fitting = run.available === undefined ? undefined : Math.floor(run.available / window);
  const count = windows ?? fitting;
  const steps = run.counted(count === undefined ? undefined : count * window, {
    none: 'Pass { windows: 100 }, say.',
    many: 'Give longer inputs, or leave windows out to use them all.',
  });
  const result: number[][][] = Array.from({ length: run.stepper.batch }, () => []);
  for (let done = 0; done < steps; done += window) {
    run.take(window);
    for (const [b, rows] of result.entries()) rows.push(run.stepper.rates(b));
    run.stepper.discard();
  }
  return result;
}
