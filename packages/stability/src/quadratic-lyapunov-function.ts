import { generator } from '@hurwitz/random';
import { Matrix } from 'ml-matrix';
import { type Cholesky, cholesky } from './cholesky.js';
import { newton } from './equilibrium.js';
import { ConvergenceError, StabilityError } from './errors.js';
import { lyapunovSolution } from './lyapunov-equation.js';
import { checkNumber, type MatrixLike, toSquare, toVector, type VectorLike } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { checkOptions } from './options.js';
import { symmetricEigenvaluesOf } from './spectrum.js';
import { stateUnits } from './state-units.js';
import { type Flow, type FlowInput, systemOptions, toFlow } from './system.js';

/** V(h) = (h - h*)ᵀ P (h - h*) around an attracting equilibrium h*. */
export interface QuadraticLyapunovFunction {
  readonly equilibrium: number[];
  /** Solution of JᵀP + PJ = -Q, J the Jacobian at h*. */
  readonly P: number[][];
  /**
   * Estimated largest c such that V falls along the flow on 0 < V < c, an estimate of the basin {V < c} from sampling:
   * `Infinity` when no sample out to `reach` violates it. Not a proof; a global one is `certifyContraction`.
   */
  readonly level: number;
  /** Semi-axes of the ellipsoid {V = level}, from the longest. */
  readonly semiAxes: number[];
  readonly samples: number;
}

/**
 * A quadratic Lyapunov function of dh/dt = A h + σ(W h + drive) near an equilibrium, and the estimated basin it shows.
 *
 * Along random rays from h*, with V-unit directions, the first point where dV/dt ≥ 0 is bracketed and bisected; the
 * lowest ones are then refined by perturbing the direction.
 *
 * @param input.Q symmetric positive definite; the identity when absent.
 * @param input.start where Newton's method looks for the equilibrium.
 * @param input.reach how far out rays go, in Euclidean length. Default: 20 times the state that moves an argument of σ by 1,
 * or at which A h balances σ, whichever is larger.
 * @throws StabilityError on bad input, when the equilibrium does not attract, or when Q is not positive definite;
 * ConvergenceError when rounding leaves P indefinite; and the errors of `findEquilibrium` and `solveLyapunov`.
 */
export function quadraticLyapunovFunction(
  input: FlowInput & {
    Q?: MatrixLike;
    start?: VectorLike;
    rays?: number;
    reach?: number;
    seed?: number;
  },
): QuadraticLyapunovFunction {
  const where = 'quadraticLyapunovFunction';
  checkOptions(where, input, { Q: true, start: true, rays: true, reach: true, seed: true, ...systemOptions });
  const { Q, start, rays = 500, seed = 1, ...system } = input;
  const flow = toFlow(where, system);
  const n = flow.units;
  const { bending, balance } = stateUnits(flow);
  const { reach = 20 * (Math.max(...bending, ...balance) || 1) } = input;
  checkNumber(where, 'rays', rays, { least: 1, integer: true });
  checkNumber(where, 'reach', reach, { above: 0 });
  checkNumber(where, 'seed', seed);
  const first = start === undefined ? new Float64Array(n) : toVector(where, 'start', start, n);
  const { equilibrium, jacobian, classification } = newton(where, flow, { start: first });
  if (classification !== 'attracting') {
    throw new StabilityError(
      where,
      'an attracting equilibrium',
      classification,
      'Pass a start near another one.',
    );
  }
  const q = Q === undefined ? Matrix.eye(n) : toSquare(where, 'Q', Q, n);
  if (!q.isSymmetric() || symmetricEigenvaluesOf(q).at(-1)! <= 0) {
    throw new StabilityError(
      where,
      'Q to be symmetric positive definite',
      'another matrix',
      'The identity will do.',
    );
  }
  const P = lyapunovSolution(where, { time: 'continuous', A: new Matrix(jacobian), Q: q });
  const parts = cholesky(P);
  if (parts === undefined) {
    const got = 'one that rounding makes indefinite';
    throw new ConvergenceError(
      where,
      'a positive definite P',
      got,
      'Choose units in which A is better scaled.',
    );
  }
  const centre = Float64Array.from(equilibrium);
  const level = levelOfDecay({ ...parts, flow, centre, reach }, { rays, seed });
  const semiAxes = semiAxesOf(where, parts).map((axis) => axis * Math.sqrt(level));
  return { equilibrium, P: P.to2DArray(), level, semiAxes, samples: rays };
}

/** Semi-axes of {V = 1} from the longest: the short ones from the factor of P, the long ones from its inverse. */
function semiAxesOf(where: string, { factor, inverseTransposed }: Cholesky): number[] {
  const short = singularValuesOf(factor, where)
    .map((value) => 1 / value)
    .reverse();
  const long = singularValuesOf(inverseTransposed, where);
  const middle = Math.sqrt(short.at(-1)!) * Math.sqrt(long[0]!);
  return long.map((axis, i) => (axis > middle ? axis : short[i]!));
}

interface Ellipsoid extends Cholesky {
  readonly flow: Flow;
  readonly centre: Float64Array;
  readonly reach: number;
}

/** A ray from the centre: the unit vector u, and R⁻ᵀu. */
interface Ray {
  readonly unit: readonly number[];
  readonly direction: readonly number[];
}

/** The lowest V at which dV/dt ≥ 0 was seen. */
function levelOfDecay(
  { flow, centre, reach, factor, inverseTransposed }: Ellipsoid,
  { rays, seed }: { rays: number; seed: number },
): number {
  const n = flow.units;
  const transposed = factor.transpose().to2DArray();
  const spread = inverseTransposed.to2DArray();
  const normal = generator(seed).normal;
  // x = r R⁻ᵀ u with ‖u‖ = 1 and P = R Rᵀ has V = r², and dV/dt = 2r uᵀRᵀ dx/dt: P itself would cancel where it is graded.
  const rising = ({ unit, direction }: Ray, radius: number) => {
    const field = flow.field(centre.map((x, i) => x + radius * direction[i]!));
    return transposed.reduce((sum, row, i) => sum + unit[i]! * dot(row, field), 0) >= 0;
  };
  const crossing = (g: readonly number[], limit: number): number => {
    const unit = g.map((x) => x / Math.hypot(...g));
    const ray = { unit, direction: spread.map((row) => dot(row, unit)) };
    const end = Math.min(limit, reach / Math.hypot(...ray.direction));
    const marks = 64;
    for (let k = 1; k <= marks; k++) {
      if (!rising(ray, (k * end) / marks)) continue;
      let [low, high] = [((k - 1) * end) / marks, (k * end) / marks];
      for (let i = 0; i < 40; i++) {
        const middle = (low + high) / 2;
        if (rising(ray, middle)) high = middle;
        else low = middle;
      }
      return high;
    }
    return Infinity;
  };
  let best = { g: [] as number[], radius: Infinity };
  const consider = (g: number[]): boolean => {
    const radius = crossing(g, best.radius);
    if (!(radius < best.radius)) return false;
    best = { g, radius };
    return true;
  };
  for (let ray = 0; ray < rays; ray++) consider(Array.from({ length: n }, normal));
  let width = 0.3;
  for (let ray = 0; ray < rays && best.radius < Infinity; ray++) {
    const scale = Math.hypot(...best.g) / Math.sqrt(n);
    const found = consider(best.g.map((x) => x + width * scale * normal()));
    width = Math.max(1e-4, width * (found ? 1.5 : 0.97));
  }
  return best.radius ** 2;
}

const dot = (row: readonly number[], v: ArrayLike<number>): number =>
  row.reduce((sum, x, i) => sum + x * v[i]!, 0);
