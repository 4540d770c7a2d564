import { standardError } from './block-means.js';
import { lostToRounding } from './entrywise-rounding.js';
import { ExplodingTrajectoryError, LyapunovError } from './errors.js';
import { noInput } from './lyapunov-stepper.js';
import {
  assertInteger,
  copyMatrix,
  copyVector,
  describe,
  type InitialStateLike,
  type InputsLike,
  plain,
  readSequences,
  readStates,
  type VectorLike,
} from './numeric-input.js';
import { checkOptions, type OptionNames } from './options.js';
import { type Factorisation, newFactorisation, orthonormalise, roundingOf } from './orthonormalise.js';
import type { JacobianLike } from './system.js';

const where = 'meanExponent';

/** A map with the determinant of its Jacobian, or with the Jacobian itself. */
export interface VolumeSystem {
  /** Length of the state. Taken from the initial state where it is left out. */
  readonly dimension?: number;
  /** Size of the Jacobian where it is not that of the state. */
  readonly tangentDimension?: number;
  /** Where to start when the options do not say. Default zeros. */
  readonly initialState?: ArrayLike<number>;
  step(state: number[], input: number[]): VectorLike;
  /** log |det J| at (state, input), in nats; -Infinity for a singular J. Used in place of `jacobian` where it is there. */
  logDeterminant?(state: number[], input: number[]): number;
  jacobian?(state: number[], input: number[]): JacobianLike;
}

export interface MeanExponentOptions {
  /** Inputs of one trajectory, [time][inputDim], or of each, [batch][time][inputDim]; none for autonomous systems. */
  inputs?: InputsLike;
  /** [n], or [batch][n]. Default: the system's own, or zeros. */
  initialState?: InitialStateLike;
  /** Steps that are not counted; they use up the first inputs. */
  warmup?: number;
  /** Steps counted. Default: all inputs that are left; required without inputs. */
  steps?: number;
  /** Determinants taken of each trajectory, evenly spread over the counted steps. Default: one at every step. */
  samples?: number;
}

const meanOptions: OptionNames<MeanExponentOptions> = {
  inputs: true,
  initialState: true,
  warmup: true,
  steps: true,
  samples: true,
};

export interface MeanExponent {
  /** Mean of all exponents, in nats per step; -Infinity where a Jacobian is singular, or nearly all are to rounding. */
  mean: number;
  /** Fraction of the determinants that stood above rounding: below 1 the mean is an upper bound. */
  resolved: number;
  /**
   * Over the batch; over the samples of a single trajectory, as if these were independent. Infinity for one sample, or
   * where the mean is -Infinity.
   */
  standardError: number;
  /** [trajectory] */
  perTrajectory: number[];
}

/**
 * The mean of all m Lyapunov exponents of a map without computing them: the rate at which it changes volumes,
 *
 *     (λ_1 + ... + λ_m) / m = (1/m) lim (1/T) Σ_t log |det J_t|
 *
 * (Oseledets 1968). For the same trajectories and steps it equals the mean of a full `lyapunovSpectrum` to rounding, at a
 * small part of the cost: no tangents are carried along. With the system's `logDeterminant` (LSTM and vanilla RNN from
 * `tangentSystem` of @hurwitz/cells) a step costs no more than the step itself; from the Jacobian 4/3 m³ operations, so
 * take a few `samples`.
 *
 * Calls the system's own `step`, and `logDeterminant` or `jacobian`, also where it carries a `network`.
 *
 * Throws `LyapunovError` on bad input, and `ExplodingTrajectoryError` when a state stops being finite.
 */
export function meanExponent(system: VolumeSystem, options: MeanExponentOptions = {}): MeanExponent {
  checkOptions(where, options, meanOptions);
  const { inputs, initialState, warmup = 0 } = options;
  checkSystem(system);
  assertInteger(warmup, 'warmup', 0, where);
  const sequences = inputs === undefined ? undefined : readSequences(inputs, where);
  const starts = readStates(startsOf(system, initialState), system.dimension, where);
  const m = system.tangentDimension ?? starts[0]!.length;
  assertInteger(m, 'tangentDimension', 1, where);
  const batch = checkedBatch(sequences?.length ?? 1, starts.length);
  const steps = options.steps ?? (sequences?.[0]?.length ?? Number.NaN) - warmup;
  checkSteps(steps, warmup, sequences?.[0]?.length);
  const { samples = steps } = options;
  assertInteger(samples, 'samples', 1, where);
  const taken = Math.min(samples, steps);
  const logDeterminant = logDeterminantOf(system, m);

  const rates = Array.from({ length: batch }, (_, b) => {
    const sequence = sequences?.[sequences.length === 1 ? 0 : b];
    const state = starts[starts.length === 1 ? 0 : b]!.slice();
    const logs: Determinant[] = [];
    for (let t = 0; t < warmup + steps; t++) {
      const input = sequence?.[t] ?? noInput();
      const next = Math.floor(((logs.length + 0.5) * steps) / taken);
      if (t - warmup === next) logs.push(logDeterminant(plain(state), plain(input)));
      advance(system, state, { input, step: t + 1, trajectory: b });
    }
    return logs;
  });
  const perTrajectory = rates.map((logs) => rateOf(logs) / m);
  const scattered = batch > 1 ? perTrajectory : rates[0]!.map(({ log }) => log / m);
  const mean = average(perTrajectory);
  return {
    mean,
    standardError: scattered.length > 1 && Number.isFinite(mean) ? standardError(scattered) : Infinity,
    perTrajectory,
    resolved: average(rates.flat().map(({ resolved }) => (resolved ? 1 : 0))),
  };
}

interface Determinant {
  /** log |det J|, in nats. */
  log: number;
  /** Whether it stood above rounding. */
  resolved: boolean;
}

/** Determinants of which so many are below rounding are those of singular Jacobians. */
const LOST_FROM = 0.9;

function rateOf(logs: readonly Determinant[]): number {
  const hidden = logs.filter(({ resolved }) => !resolved).length;
  if (hidden >= LOST_FROM * logs.length) return Number.NEGATIVE_INFINITY;
  return average(logs.map(({ log }) => log));
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function advance(
  system: VolumeSystem,
  state: Float64Array,
  { input, step, trajectory }: { input: ArrayLike<number>; step: number; trajectory: number },
): void {
  const next = system.step(plain(state), plain(input));
  if (!copyVector(next, state)) {
    throw new LyapunovError(
      where,
      `step to return ${state.length} numbers`,
      describe(next),
      'Return the next state, as long as the state.',
    );
  }
  if (!state.every(Number.isFinite)) throw new ExplodingTrajectoryError(where, 'state', step, trajectory);
}

function logDeterminantOf(
  system: VolumeSystem,
  m: number,
): (state: number[], input: number[]) => Determinant {
  if (system.logDeterminant) {
    return (state, input) => {
      const log = checkedLog(system.logDeterminant!(state, input));
      return { log, resolved: log !== Number.NEGATIVE_INFINITY };
    };
  }
  const frame = new Float64Array(m * m);
  const result = newFactorisation(m, m);
  return (state, input) => {
    const jacobian = system.jacobian!(state, input);
    if (!copyMatrix(jacobian, m, m, frame)) {
      throw new LyapunovError(
        where,
        `jacobian to return a ${m} x ${m} matrix`,
        describe(jacobian),
        'Row i is the gradient of component i with respect to the state.',
      );
    }
    return logVolume(frame, result);
  };
}

function checkedLog(log: number): number {
  if (Number.isFinite(log) || log === Number.NEGATIVE_INFINITY) return log;
  throw new LyapunovError(
    where,
    'logDeterminant to return a number, or -Infinity',
    describe(log),
    'It is log |det J|, in nats; of a singular J -Infinity.',
  );
}

/** log |det| of the matrix, which is overwritten: the sum of the growths of the QR of its rows. */
function logVolume(rows: Float64Array, result: Factorisation): Determinant {
  const size = result.rows.length;
  const columns = rows.map((_, at) => rows[(at % size) * size + Math.floor(at / size)]!);
  result.growth.fill(0);
  if (!orthonormalise(rows, result)) {
    throw new LyapunovError(where, 'a finite Jacobian', 'NaN or Infinity', 'Check jacobian at that state.');
  }
  const log = result.growth.reduce((sum, value) => sum + value, 0);
  if (log === Number.NEGATIVE_INFINITY || !result.unresolved.includes(1)) {
    return { log, resolved: log !== Number.NEGATIVE_INFINITY };
  }
  const frame = columns.map((_, at) => (at % (size + 1) === 0 ? 1 : 0));
  const rounding = roundingOf(size);
  const lost = lostToRounding({ jacobian: columns, frame, suspects: result.unresolved, rounding });
  return { log, resolved: !lost.includes(1) };
}

function checkSystem(system: VolumeSystem): void {
  const has = (name: 'step' | 'jacobian' | 'logDeterminant') => typeof system?.[name] === 'function';
  if (has('step') && (has('jacobian') || has('logDeterminant'))) return;
  throw new LyapunovError(
    where,
    'a map with step, and jacobian or logDeterminant',
    typeof system === 'object' && system ? `an object with ${Object.keys(system)}` : describe(system),
    'Of a flow, give the map of one step.',
  );
}

function startsOf(system: VolumeSystem, given: InitialStateLike | undefined): InitialStateLike {
  const start = given ?? system.initialState;
  if (start !== undefined) return start;
  if (system.dimension === undefined) {
    throw new LyapunovError(
      where,
      'the dimension of the state',
      'neither system.dimension nor initialState',
      'Give one of the two.',
    );
  }
  assertInteger(system.dimension, 'dimension', 1, where);
  return new Float64Array(system.dimension);
}

function checkedBatch(sequences: number, starts: number): number {
  if (sequences === starts || sequences === 1 || starts === 1) return Math.max(sequences, starts);
  throw new LyapunovError(
    where,
    'one initial state, or one for each input sequence',
    `${starts} initial states and ${sequences} sequences`,
    'Make the batch sizes agree.',
  );
}

function checkSteps(steps: number, warmup: number, length: number | undefined): void {
  if (Number.isNaN(steps)) {
    throw new LyapunovError(
      where,
      'steps, since there are no inputs to count',
      'none',
      'Pass { steps: 1000 }.',
    );
  }
  if (length !== undefined && (steps < 1 || warmup + steps > length)) {
    throw new LyapunovError(
      where,
      `inputs of at least ${warmup} + ${Math.max(steps, 1)} steps (warm-up and counted)`,
      `${length}`,
      'Give longer sequences or a shorter warm-up.',
    );
  }
  assertInteger(steps, 'steps', 1, where);
}
