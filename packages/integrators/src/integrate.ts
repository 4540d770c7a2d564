import { described } from '@hurwitz/input';
import { adaptiveSteps } from './adaptive-steps.js';
import { IntegratorError } from './errors.js';
import { fixedSteps } from './fixed-steps.js';
import { checkOptions } from './options.js';
import { dormandPrince } from './schemes/index.js';
import { type State, spaceOf, type TensorField, type Vector, type VectorField } from './state.js';
import { checkedField } from './step.js';
import { assertTableau, type Tableau } from './tableau.js';
import type { TensorLike } from './tensor.js';
import type { Problem, Trajectory } from './trajectory.js';

/** What every integration takes. */
interface CommonOptions {
  /**
   * The times at which the state is wanted, at least two, all increasing or all decreasing. The first is where
   * `h0` stands. Steps end on each of them exactly.
   */
  times: readonly number[];
  /** The scheme; for adaptive steps one with embedded weights. */
  tableau?: Tableau;
  /** The most steps, accepted and rejected, before `StepLimitError`. */
  maxSteps?: number;
}

/** Fixed steps: each interval between two times is cut into the fewest equal steps no longer than `dt`. */
export interface FixedStepOptions extends CommonOptions {
  /** The longest step, positive, in units of time. */
  dt: number;
}

/** Adaptive steps: the error estimate of each step is held below the tolerance. */
export interface AdaptiveOptions extends CommonOptions {
  dt?: undefined;
  /** Relative tolerance; at least 1e-6 on tensors (float32), 1e-14 on vectors (float64). */
  rtol?: number;
  /** Absolute tolerance, positive, in units of the state. */
  atol?: number;
  /** Length of the first step tried, positive; chosen from the field when absent. */
  firstStep?: number;
  /** The longest step, positive. */
  maxStep?: number;
}

export type IntegrateOptions = FixedStepOptions | AdaptiveOptions;

// Type aliases rather than interfaces, which tfjs's TensorContainer would not take.

/** What an integration cost. */
export type Statistics = {
  readonly accepted: number;
  readonly rejected: number;
  /** How often the field was evaluated. */
  readonly evaluations: number;
  /** Lengths of the shortest and the longest accepted step. */
  readonly shortestStep: number;
  readonly longestStep: number;
};

/** States at the requested times. With tensors, `tf.dispose(solution)` frees them and `tf.tidy` may return it. */
export type Solution<S> = {
  readonly times: number[];
  /** One state for each of `times`, of the kind and shape of `h0`; the first is a copy of `h0`. */
  readonly states: S[];
  readonly statistics: Statistics;
};

/**
 * The solution of dh/dt = f(t, h) from `h0` at `times[0]`, at each of `times`.
 *
 * With `dt` the steps are fixed. Without it they are adaptive: the embedded weights of the tableau give an error
 * estimate, and a PI controller holds its root mean square, over the components of a row and against
 * atol + rtol · max(|h|, |h_next|), below 1. The rows of a batch share their steps, and the worst row decides.
 * What is bounded is the error of a step; the error at the end is about proportional to the tolerance, and more
 * where neighbouring solutions part.
 *
 * On tensors the solution is differentiable with respect to `h0` and to what `f` uses, through the steps as they
 * were taken. Tensors are float32, so rtol below 1e-6 is refused, and adaptive steps read one number per row
 * back from the device. On a number[] or Float64Array the same code runs in float64.
 *
 * @throws {StepLimitError} after `maxSteps` steps; the message says so when the system is stiff.
 * @throws {StepSizeError} when no step meets the tolerance, as at a singularity.
 * @throws {NonFiniteError} when the field or the state is NaN or infinite.
 * @throws {IntegratorError} on bad input.
 */
export function integrate<T extends TensorLike>(
  f: TensorField<T>,
  h0: T,
  options: IntegrateOptions,
): Solution<T>;
export function integrate<V extends Vector>(f: VectorField<V>, h0: V, options: IntegrateOptions): Solution<V>;
export function integrate(f: unknown, h0: State, options: IntegrateOptions): Solution<State> {
  checkOptions<AnyOption>('integrate', options, {
    times: true,
    tableau: true,
    maxSteps: true,
    dt: true,
    rtol: true,
    atol: true,
    firstStep: true,
    maxStep: true,
  });
  const { times, tableau = dormandPrince, maxSteps = 100_000 } = options;
  const space = spaceOf('integrate', h0);
  const field = checkedField('integrate', space, f);
  assertTableau('integrate', tableau);
  checkTimes(times);
  checkPositive({ maxSteps });
  let evaluations = 0;
  const counted = (t: number, h: State) => {
    evaluations++;
    return field(t, h);
  };
  const solve = stepping({ space, tableau, f: counted, h0, times: [...times], maxSteps }, options);
  // One scope around everything, so that a failure halfway leaves no tensors behind.
  return space.scope(() => {
    const { states, accepted, rejected, shortestStep, longestStep } = solve();
    const statistics = { accepted, rejected, evaluations, shortestStep, longestStep };
    return { times: [...times], states, statistics };
  });
}

type AnyOption = { [Name in keyof FixedStepOptions | keyof AdaptiveOptions]?: unknown };

const adaptiveOnly = ['rtol', 'atol', 'firstStep', 'maxStep'];

/** The way to step that the options ask for, its options checked. */
function stepping(problem: Problem, options: IntegrateOptions): () => Trajectory {
  if (options.dt !== undefined) {
    const { dt } = options;
    checkPositive({ dt });
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const foreign = given.map(([name]) => name).filter((name) => adaptiveOnly.includes(name));
    if (foreign.length > 0) {
      throw new IntegratorError(
        'integrate',
        'either dt (fixed steps) or tolerances (adaptive steps)',
        `dt and ${foreign.join(', ')}`,
        'Leave dt out for adaptive steps.',
      );
    }
    return () => fixedSteps(problem, dt);
  }
  const { rtol = 1e-5, atol = 1e-7, firstStep, maxStep = Number.POSITIVE_INFINITY } = options;
  if (!problem.tableau.embedded) {
    throw new IntegratorError(
      'integrate',
      'a tableau with embedded weights for adaptive steps',
      `'${problem.tableau.name}', which has none`,
      'Give dt for fixed steps, or take dormandPrince.',
    );
  }
  checkPositive({ atol });
  if (maxStep !== Number.POSITIVE_INFINITY) checkPositive({ maxStep });
  if (firstStep !== undefined) checkPositive({ firstStep });
  const leastRtol = problem.space.roundoff < 1e-10 ? 1e-14 : 1e-6;
  if (!(Number.isFinite(rtol) && rtol >= leastRtol && rtol < 1)) {
    throw new IntegratorError(
      'integrate',
      `rtol from ${leastRtol} to below 1 for ${leastRtol === 1e-6 ? 'float32 tensors' : 'float64 vectors'}`,
      String(rtol),
      leastRtol === 1e-6 ? 'For tighter tolerances pass h0 as a Float64Array.' : 'Take a larger rtol.',
    );
  }
  return () => adaptiveSteps(problem, { rtol, atol, firstStep, maxStep });
}

function checkTimes(times: readonly number[]): void {
  const fail = (got: string): never => {
    const expected = 'times as at least two finite numbers, all increasing or all decreasing';
    throw new IntegratorError('integrate', expected, got, 'Start with the time of h0, for example [0, 10].');
  };
  if (!Array.isArray(times) || times.length < 2) fail(described(times));
  times.forEach((t, i) => {
    if (!Number.isFinite(t)) fail(`${String(t)} at position ${i}`);
  });
  const direction = Math.sign(times[1]! - times[0]!);
  times.forEach((t, i) => {
    if (i > 0 && !((t - times[i - 1]!) * direction > 0))
      fail(`${times[i - 1]} followed by ${t} at position ${i}`);
  });
}

function checkPositive(options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new IntegratorError(
      'integrate',
      `a positive, finite ${name}`,
      String(value),
      'Lengths are positive in either direction of time.',
    );
  }
}
