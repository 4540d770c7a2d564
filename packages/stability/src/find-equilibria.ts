import { generator } from '@hurwitz/random';
import { type Equilibrium, type NewtonOptions, newton, restsAt } from './equilibrium.js';
import { ConvergenceError, SingularSystemError } from './errors.js';
import { checkNumber, euclidean, toVector, type VectorLike } from './matrix.js';
import { checkOptions, iterable } from './options.js';
import { stateUnits } from './state-units.js';
import { type Flow, type FlowInput, systemOptions, toFlow } from './system.js';

/** Where to look for equilibria. */
export interface MultistartOptions extends Omit<NewtonOptions, 'start'> {
  /** How many normally distributed starts are added to the origin. */
  readonly randomStarts?: number;
  /**
   * Their standard deviation, in the units of the state. Default: twice the state that moves an argument of σ by 1, and, for
   * every second start, twice the state at which A h balances σ.
   */
  readonly spread?: number;
  /** Starts of one's own, tried as well. */
  readonly starts?: readonly VectorLike[];
  /**
   * Equilibria closer than this, relative to the larger ‖h‖, count as one; so do two between which dh/dt vanishes to the
   * tolerance, as on a line of equilibria.
   */
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
    spread,
    starts = [],
    separation = 1e-6,
    seed = 1,
    tolerance,
    maxIterations,
    ...system
  } = input;
  const flow = toFlow(where, system);
  checkNumber(where, 'randomStarts', randomStarts, { least: 0, integer: true });
  if (spread !== undefined) checkNumber(where, 'spread', spread, { above: 0 });
  checkNumber(where, 'separation', separation, { above: 0 });
  checkNumber(where, 'seed', seed);
  const normal = generator(seed).normal;
  const { bending, balance } = stateUnits(flow);
  const width = (start: number, j: number) => spread ?? 2 * (start % 2 === 0 ? bending : balance)[j]!;
  const points = [
    new Float64Array(flow.units),
    ...Array.from(iterable(where, 'starts', starts), (start, i) =>
      toVector(where, `starts[${i}]`, start, flow.units),
    ),
    ...Array.from({ length: randomStarts }, (_, k) =>
      Float64Array.from({ length: flow.units }, (_, j) => width(k, j) * normal()),
    ),
  ];
  const equilibria: Equilibrium[] = [];
  let failedStarts = 0;
  for (const start of points) {
    try {
      const found = newton(where, flow, { start, tolerance, maxIterations });
      if (!equilibria.some((known) => same(flow, [known, found], { separation, tolerance })))
        equilibria.push(found);
    } catch (error) {
      if (!(error instanceof ConvergenceError || error instanceof SingularSystemError)) throw error;
      failedStarts++;
    }
  }
  return { equilibria, starts: points.length, failedStarts };
}

/** Whether two equilibria are close, or are points of one: two places on the way from one to the other are at rest too. */
function same(
  flow: Flow,
  [{ equilibrium: a }, { equilibrium: b }]: readonly [Equilibrium, Equilibrium],
  { separation, tolerance }: { separation: number; tolerance: number | undefined },
): boolean {
  const distance = euclidean(a.map((x, i) => x - b[i]!));
  if (distance <= separation * Math.max(euclidean(a), euclidean(b))) return true;
  return [0.3, 0.6].every((part) =>
    restsAt(
      flow,
      Float64Array.from(a, (x, i) => (1 - part) * x + part * b[i]!),
      tolerance,
    ),
  );
}
