import { LyapunovError } from './errors.js';
import { LyapunovStepper, noInput } from './lyapunov-stepper.js';
import { assertFlag, assertInteger, type InputsLike, readSequences } from './numeric-input.js';
import type { OptionNames } from './options.js';
import { stepperOptions as ofStepper, type StepperOptions } from './stepper-options.js';
import type { LyapunovSystem } from './system.js';

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

export const runOptions: OptionNames<RunOptions> = {
  ...ofStepper,
  inputs: true,
  warmup: true,
  warmupQR: true,
};

/** A stepper with its inputs, past the warm-up. */
export interface Run {
  stepper: LyapunovStepper;
  /** Steps for which there are inputs after the warm-up; undefined when the system is autonomous. */
  available: number | undefined;
  /** The number of steps to count, checked against the inputs; `advice` for none and for too many. */
  counted(steps: number | undefined, advice?: { none?: string; many?: string }): number;
  /** Takes counted steps. */
  take(steps: number): void;
}

interface RunRequest {
  system: LyapunovSystem;
  options: RunOptions;
  where: string;
}

/** Reads the inputs, prepares the stepper, does the warm-up, and gives the stepper's memory back after `body`. */
export function withRun<T>({ system, options, where }: RunRequest, body: (run: Run) => T): T {
  const { inputs, warmup = 0, warmupQR = true, ...stepperOptions } = options;
  assertInteger(warmup, 'warmup', 0, where);
  assertFlag(warmupQR, 'warmupQR', where);
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
  try {
    return body(started({ stepper, sequences, batched, warmup, warmupQR, where }));
  } finally {
    stepper.dispose();
  }
}

interface Prepared {
  stepper: LyapunovStepper;
  sequences: number[][][] | undefined;
  batched: boolean;
  warmup: number;
  warmupQR: boolean;
  where: string;
}

/** The run, past its warm-up. */
function started({ stepper, sequences, batched, warmup, warmupQR, where }: Prepared): Run {
  if (batched && sequences!.length !== stepper.batch) {
    throw new LyapunovError(
      where,
      `one input sequence, or one for each of the ${stepper.batch} trajectories`,
      `${sequences!.length}`,
      'Make the batch sizes of inputs and initialState agree.',
    );
  }
  const available = sequences === undefined ? undefined : sequences[0]!.length - warmup;
  let time = 0;
  const inputOf = sequences ? (b: number) => sequences[batched ? b : 0]![time]! : noInput;
  for (; time < warmup; time++) stepper.step(inputOf, { factorise: warmupQR });
  stepper.discard();
  // In what is counted, what is lost stays lost: nothing needs a fresh direction before the next discard().
  const take = (steps: number) => {
    for (let t = 0; t < steps; t++, time++) stepper.step(inputOf, { complete: false });
  };
  return {
    stepper,
    available,
    take,
    counted(
      steps,
      {
        none = 'Pass { steps: 10000 }, say.',
        many = 'Give longer inputs, or leave steps out to use them all.',
      } = {},
    ) {
      if (steps === undefined) {
        throw new LyapunovError(where, 'steps, since there are no inputs to count', 'none', none);
      }
      assertInteger(steps, 'steps', 1, where);
      if (available !== undefined && steps > available) {
        throw new LyapunovError(
          where,
          `at most ${available} steps (the inputs left after a warm-up of ${warmup})`,
          `steps: ${steps}`,
          many,
        );
      }
      return steps;
    },
  };
}
