import { LyapunovError } from './errors.js';
import type { SpectrumEstimate } from './growth-record.js';
import { LyapunovStepper, noInput, type StepperOptions } from './lyapunov-stepper.js';
import { assertInteger, type InputsLike, readSequences } from './numeric-input.js';
import type { LyapunovSystem } from './system.js';

/** Most rows that a history keeps; longer runs are thinned evenly. */
const HISTORY_ROWS = 1000;

export interface RunOptions extends StepperOptions {
  /** Inputs of one trajectory, [time][inputDim], or of each, [batch][time][inputDim]; none for autonomous systems. */
  inputs?: InputsLike;
  /** Steps taken and not counted before the average begins; they use up the first inputs. */
  warmup?: number;
  /**
   * Whether the warm-up factorises as the main loop does. Without, the frame is carried along and factorised once at
   * the end: cheaper, but a long warm-up aligns the frame until only its first directions are settled (Vogt et al.
   * 2022, 5.3).
   */
  warmupQR?: boolean;
}

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
  const { qrInterval = 1 } = options;
  const run = startRun(system, options, where);
  const steps = run.counted(options.steps ?? run.available);
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
  const estimate = stepper.estimate();
  stepper.dispose();
  return {
    ...estimate,
    history: rows.map((row) => order.map((j) => row[j]!)),
    historySteps,
  };
}

/** A stepper with its inputs, past the warm-up. */
export interface Run {
  stepper: LyapunovStepper;
  /** Steps for which there are inputs after the warm-up; undefined when the system is autonomous. */
  available: number | undefined;
  /** The number of steps to count, checked against the inputs. */
  counted(steps: number | undefined): number;
  /** Takes counted steps. */
  take(steps: number): void;
}

/** Reads the inputs, prepares the stepper and does the warm-up. */
export function startRun(system: LyapunovSystem, options: RunOptions, where: string): Run {
  const { inputs, warmup = 0, warmupQR = true, ...stepperOptions } = options;
  assertInteger(warmup, 'warmup', 0, where);
  const sequences = inputs === undefined ? undefined : readSequences(inputs, where);
  const available = sequences === undefined ? undefined : sequences[0]!.length - warmup;
  if (available !== undefined && available < 1) {
    throw new LyapunovError(
      where,
      `inputs longer than the warm-up of ${warmup} steps`,
      `${sequences![0]!.length} input vectors`,
      'Give longer sequences or a shorter warm-up.',
    );
  }
  const batched = sequences !== undefined && sequences.length > 1;
  const stepper = new LyapunovStepper(
    system,
    batched ? { ...stepperOptions, batch: options.batch ?? sequences.length } : stepperOptions,
    where,
  );
  if (batched && sequences.length !== stepper.batch) {
    throw new LyapunovError(
      where,
      `one input sequence, or one for each of the ${stepper.batch} trajectories`,
      `${sequences.length}`,
      'Make the batch sizes of inputs and initialState agree.',
    );
  }
  let time = 0;
  const inputOf = sequences ? (b: number) => sequences[batched ? b : 0]![time]! : noInput;
  const take = (steps: number, factorise = true) => {
    for (let t = 0; t < steps; t++, time++) stepper.step(inputOf, factorise);
  };
  take(warmup, warmupQR);
  stepper.discard();
  return {
    stepper,
    available,
    take,
    counted(steps) {
      if (steps === undefined) {
        throw new LyapunovError(
          where,
          'steps, since there are no inputs to count',
          'none',
          'Pass { steps: 10000 }, say.',
        );
      }
      assertInteger(steps, 'steps', 1, where);
      if (available !== undefined && steps > available) {
        throw new LyapunovError(
          where,
          `at most ${available} steps (the inputs left after a warm-up of ${warmup})`,
          `steps: ${steps}`,
          'Give longer inputs, or leave steps out to use them all.',
        );
      }
      return steps;
    },
  };
}
