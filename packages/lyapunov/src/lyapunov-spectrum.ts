import type { SpectrumEstimate } from './growth-record.js';
import { checkRunOptions } from './options.js';
import { type Run, type RunOptions, runOptions, withRun } from './run.js';
import type { LyapunovSystem } from './system.js';

/** Most rows that a history keeps; longer runs are thinned evenly. */
const HISTORY_ROWS = 1000;

export interface SpectrumOptions extends RunOptions {
  /** Steps counted after the warm-up. Default: all inputs that are left; required without inputs. */
  steps?: number;
}

export interface LyapunovSpectrum extends SpectrumEstimate {
  /**
   * [row][exponent]: `exponents` as they stood at the steps of `historySteps`, each column one exponent of the final
   * order. One row per QR, thinned to about 1000; the last row is the result.
   */
  history: number[][];
  /** Counted steps at each row of `history`. */
  historySteps: number[];
}

/**
 * Lyapunov exponents of a map or flow along one trajectory or a batch of them.
 *
 *     λ_j = lim (1/T) Σ_t log R_jj(t),   Q_{t+1} R(t) = J_t Q_t,
 *
 * by the QR method of Benettin et al. (1980), as Vogt et al. (Frontiers 2022, Algorithm 1) use it for recurrent
 * networks; the Jacobians multiply in the order of time. For flows the variational equation is integrated with the
 * scheme and step of the state, so the exponents are those of that fixed-step scheme.
 *
 * Natural logarithms per step (maps) or unit time (flows), sorted from the largest. A direction that the tangent map
 * loses has -Infinity. A batch is averaged position by position before sorting.
 *
 * Throws `LyapunovError` on bad input and `ExplodingTrajectoryError` when a state or tangent stops being finite.
 * Limit: in float64 one factorisation tells apart growths within about 33 nats of each other; see `resolved`.
 */
export function lyapunovSpectrum(system: LyapunovSystem, options: SpectrumOptions = {}): LyapunovSpectrum {
  const where = 'lyapunovSpectrum';
  checkRunOptions(where, options, { ...runOptions, steps: true });
  return withRun({ system, options, where }, (run) => spectrumOf(run, options));
}

function spectrumOf(run: Run, { qrInterval = 1, steps: wanted }: SpectrumOptions): LyapunovSpectrum {
  const steps = run.counted(wanted ?? run.available);
  const { stepper } = run;

  const stride = Math.max(1, Math.ceil(Math.ceil(steps / qrInterval) / HISTORY_ROWS)) * qrInterval;
  const rows: number[][] = [];
  const historySteps: number[] = [];
  for (let done = 0; done < steps; ) {
    const next = Math.min(done + stride, steps);
    run.take(next - done);
    done = next;
    rows.push(stepper.rates());
    historySteps.push(done);
  }
  const order = stepper.order();
  return {
    ...stepper.estimate(),
    history: rows.map((row) => order.map((j) => row[j]!)),
    historySteps,
  };
}
