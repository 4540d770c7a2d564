import { type Equilibrium, type NewtonOptions, newton } from './equilibrium.js';
import { ConvergenceError, SingularSystemError } from './errors.js';
import { checkNumber, toVector, type VectorLike } from './matrix.js';
import { checkOptions, iterable } from './options.js';
import { normalGenerator } from './random.js';
import { type FlowInput, systemOptions, toFlow } from './system.js';

/** Where to look for equilibria. */
export interface MultistartOptions extends Omit<NewtonOptions, 'start'> {
  /** How many normally distributed starts are added to the origin. */
  readonly randomStarts?: number;
  /** Their standard deviation. */
  readonly spread?: number;
  /** Starts of one's own, tried as well. */
  readonly starts?: readonly VectorLike[];
  /** Equilibria closer than this, relative to 1 + ‖h‖, count as one. */
  readonly separation?: number;
  readonly seed?: number;
}

/** What a search from several starts found. */
export interface EquilibriaReport {
  /** All distinct ones, in the order they were met. */
  readonly equilibria: Equilibrium[];
  readonly starts: number;
  /** Starts from which Newton's method met a singular Jacobian or a local minimum of ‖dh/dt‖. */
  readonly failedStarts: number;
}

/**
 * The distinct equilibria of dh/dt = A h + σ(W h + drive) that Newton's method with line search reaches from the origin
 * and from random starts. It may miss some: more starts find more. Under Theorem 1 or a contraction certificate there is one.
 *
 * @throws StabilityError on bad matrices, sizes or options; starts that fail are counted, not thrown.
 */
export function findEquilibria(input: FlowInput & MultistartOptions): EquilibriaReport {
  const where = 'findEquilibria';
  checkOptions(where, input, {
    randomStarts: true,
    spread: true,
    starts: true,
    separation: true,
    seed: true,
    tolerance: true,
    maxIterations: true,
    ...systemOptions,
  });
  const {
    randomStarts = 32,
    spread = 2,
    starts = [],
    separation = 1e-6,
    seed = 1,
    tolerance,
    maxIterations,
    ...system
  } = input;
  const flow = toFlow(where, system);
  checkNumber(where, 'randomStarts', randomStarts, { least: 0, integer: true });
  checkNumber(where, 'spread', spread, { above: 0 });
  checkNumber(where, 'separation', separation, { above: 0 });
  checkNumber(where, 'seed', seed);
  const normal = normalGenerator(seed);
  const points = [
    new Float64Array(flow.units),
    ...Array.from(iterable(where, 'starts', starts), (start, i) =>
      toVector(where, `starts[${i}]`, start, flow.units),
    ),
    ...Array.from({ length: randomStarts }, () =>
      Float64Array.from({ length: flow.units }, () => spread * normal()),
    ),
  ];
  const equilibria: Equilibrium[] = [];
  let failedStarts = 0;
  for (const start of points) {
    try {
      const found = newton(where, flow, { start, tolerance, maxIterations });
      if (!equilibria.some((known) => close(known.equilibrium, found.equilibrium, separation)))
        equilibria.push(found);
    } catch (error) {
      if (!(error instanceof ConvergenceError || error instanceof SingularSystemError)) throw error;
      failedStarts++;
    }
  }
  return { equilibria, starts: points.length, failedStarts };
}

function close(a: readonly number[], b: readonly number[], separation: number): boolean {
  const distance = Math.hypot(...a.map((x, i) => x - b[i]!));
  return distance <= separation * (1 + Math.hypot(...a));
}
