import {
  describe,
  readOptions,
  requireInteger,
  requireList,
  requireObject,
  requirePositive,
  requireRoom,
  requireSeed,
  requireText,
} from './checks.js';
import { DatasetError } from './errors.js';
import { Outcome, Solver } from './odex.js';
import { keyedGenerator, uniform } from './random.js';
import { type SequenceDataset, sequenceDataset } from './sequence-dataset.js';

/** Trajectories of a flow, sampled at equal times, in float64. */
export interface Trajectories {
  readonly name: string;
  /** Row by row: `states[(i * samples + k) * dimension + j]` is component j of trajectory i at time k * dt. */
  readonly states: Float64Array;
  /** [size, samples, dimension] */
  readonly shape: readonly [size: number, samples: number, dimension: number];
  /** Time between samples, in seconds. */
  readonly dt: number;
  /** Names of the components. */
  readonly components: readonly string[];
}

/** How trajectories start and are sampled: the part of the options that all systems share. */
export interface SamplingOptions {
  /** Samples per trajectory; the first is the initial state. */
  samples: number;
  /** Time between samples, in seconds. */
  dt: number;
  /** How many trajectories, when the initial states are drawn. */
  size?: number;
  /** Initial angles are uniform in [-maxAngle, maxAngle), in radians. */
  maxAngle?: number;
  /** Initial angular velocities are uniform in [-maxVelocity, maxVelocity), in radians per second. */
  maxVelocity?: number;
  seed?: number;
  /** Number of the first trajectory; the initial state of trajectory k depends on (seed, k) alone. */
  first?: number;
  /** The initial states themselves, instead of drawing them: one array per trajectory. */
  initialStates?: ArrayLike<ArrayLike<number>>;
}

/** The names of `SamplingOptions`. */
export const samplingNames = [
  'samples',
  'dt',
  'size',
  'maxAngle',
  'maxVelocity',
  'seed',
  'first',
  'initialStates',
] as const;

interface System {
  readonly name: string;
  /** The angles, then their velocities. */
  readonly components: readonly string[];
  readonly field: (t: number, state: number[]) => number[];
  /** Zero at rest, constant without friction, else falling. */
  readonly energy: (state: ArrayLike<number>) => number;
  readonly friction: boolean;
}

/**
 * Tolerance of odex's error control, relative and absolute. It is what float64 can resolve: one high-order step
 * per sample costs little more at this tolerance than at 1e-10, and the error over many periods stays below 1e-8.
 */
const tolerance = 1e-14;

/**
 * Samples a system by extrapolation (odex: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I,
 * section II.9). Every sample is the end of an integration from the sample before it, so no sample is interpolated.
 */
export function simulate(
  where: string,
  system: System,
  {
    samples,
    dt,
    size = 1,
    maxAngle = Math.PI / 2,
    maxVelocity = 0,
    seed = 0,
    first = 0,
    initialStates,
  }: SamplingOptions,
): Trajectories {
  const { name, components } = system;
  const dimension = components.length;
  requireInteger(where, 'samples', samples, 1);
  requirePositive(where, 'dt', dt);
  requireInteger(where, 'size', size, 1);
  requireInteger(where, 'first', first, 0);
  requireSeed(where, seed);
  requirePositive(where, 'maxAngle', maxAngle, true);
  requirePositive(where, 'maxVelocity', maxVelocity, true);
  requireRoom(where, 'size * samples * components', size, samples, dimension);
  const starts =
    initialStates === undefined
      ? Array.from({ length: size }, (_, k) => {
          const generator = keyedGenerator(name, seed, first + k);
          return components.map((_, j) => {
            const bound = j < dimension / 2 ? maxAngle : maxVelocity;
            return bound === 0 ? 0 : (2 * uniform(generator) - 1) * bound;
          });
        })
      : requireStates(where, initialStates, components);
  requireRoom(where, 'initialStates * samples * components', starts.length, samples, dimension);
  const states = new Float64Array(starts.length * samples * dimension);
  const solver = new Solver(dimension);
  solver.absoluteTolerance = tolerance;
  solver.relativeTolerance = tolerance;
  for (const [i, start] of starts.entries()) {
    let state = start;
    for (let k = 0; k < samples; k++) {
      if (k > 0) state = advance(where, solver, system, { state, dt, time: k * dt });
      states.set(state, (i * samples + k) * dimension);
    }
  }
  return { name, states, shape: [starts.length, samples, dimension], dt, components };
}

function advance(
  where: string,
  solver: Solver,
  { field, energy, friction, components }: System,
  { state, dt, time }: { state: number[]; dt: number; time: number },
): number[] {
  solver.initialStepSize = dt;
  const { y, outcome } = solver.solve(field, 0, state, dt);
  // A step is trusted only if physics agrees: this also catches states too large for float64 to resolve.
  const before = energy(state);
  const gain = energy(y) - before;
  const upright = energy(components.map((_, j) => (j < components.length / 2 ? Math.PI : 0)));
  const plausible = (friction ? gain : Math.abs(gain)) <= 1e-9 * before + 1e-12 * upright;
  if (outcome === Outcome.Converged && y.every(Number.isFinite) && plausible) return y;
  throw new DatasetError(
    where,
    `the integration to reach t = ${time} and to keep the energy`,
    `${outcome === Outcome.Converged ? `the energy ${before} J turned into ${energy(y)} J` : `no solution in ${solver.maxSteps} steps`} from the state ${describe(state)}`,
    'Use a smaller dt, or less extreme parameters and initial states',
  );
}

function requireStates(
  where: string,
  states: ArrayLike<ArrayLike<number>>,
  components: readonly string[],
): number[][] {
  requireList(where, 'initialStates', states);
  const rows = Array.from(states, (state) => {
    requireList(where, 'each of initialStates', state);
    return Array.from(state);
  });
  const bad = rows.find((row) => row.length !== components.length || !row.every(Number.isFinite));
  if (rows.length > 0 && bad === undefined) return rows;
  throw new DatasetError(
    where,
    `initialStates to be a list of finite states [${components.join(', ')}]`,
    rows.length === 0 ? 'no state' : describe(bad),
    'Give one such array per trajectory, or leave initialStates out to draw them from the seed',
  );
}

/**
 * The task of forecasting trajectories: at every step the input is the state, the target the state `horizon` samples
 * later. Inputs [size, samples - horizon, dimension], targets of the same shape, float32.
 *
 * @throws {DatasetError} if horizon is not an integer from 1 to samples - 1, or the trajectories are none.
 */
export function forecasting(trajectories: Trajectories, options?: { horizon?: number }): SequenceDataset {
  const where = 'forecasting';
  const { horizon = 1 } = readOptions(where, options, ['horizon']);
  const [size, samples, dimension] = requireTrajectories(where, trajectories);
  requireInteger(where, 'horizon', horizon, 1);
  const steps = samples - horizon;
  if (steps < 1) {
    throw new DatasetError(
      where,
      `horizon to be below the ${samples} samples of a trajectory`,
      `${horizon}`,
      'Use a smaller horizon or simulate more samples',
    );
  }
  const inputs = new Float32Array(size * steps * dimension);
  const targets = new Float32Array(inputs.length);
  for (let i = 0; i < size; i++) {
    const start = i * samples * dimension;
    const length = steps * dimension;
    inputs.set(trajectories.states.subarray(start, start + length), i * length);
    const later = start + horizon * dimension;
    targets.set(trajectories.states.subarray(later, later + length), i * length);
  }
  return sequenceDataset({
    name: `${trajectories.name}-forecasting`,
    inputs,
    shape: [size, steps, dimension],
    targets,
    targetShape: [steps, dimension],
  });
}

function requireTrajectories(where: string, trajectories: Trajectories): Trajectories['shape'] {
  const { name, states, shape } = requireObject(where, 'trajectories', trajectories);
  requireText(where, 'trajectories.name', name);
  const sizes = Array.isArray(shape) && shape.length === 3 ? shape : [Number.NaN];
  for (const size of sizes) requireInteger(where, 'each of the three sizes in trajectories.shape', size, 1);
  const [size, samples, dimension] = shape;
  if (states instanceof Float64Array && states.length === size * samples * dimension) return shape;
  throw new DatasetError(
    where,
    `trajectories.states to be a Float64Array of the shape [${shape.join(', ')}]`,
    describe(states),
    'Pass what simplePendulum or doublePendulum gives',
  );
}
