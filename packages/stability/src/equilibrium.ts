import type { Matrix } from 'ml-matrix';
import { ConvergenceError, SingularSystemError } from './errors.js';
import { classify, type EquilibriumKind } from './linear-stability.js';
import { type Complex, checkNumber, euclidean, frobenius, toVector, type VectorLike } from './matrix.js';
import { checkOptions } from './options.js';
import { solveEquilibrated } from './solve-equilibrated.js';
import { scaledEigenvaluesOf } from './spectrum.js';
import { type Flow, type FlowInput, systemOptions, toFlow } from './system.js';

/** A rest point of the flow, and the flow's linearisation there. */
export interface Equilibrium {
  readonly equilibrium: number[];
  /** A + diag(σ'(W h + drive)) W at the equilibrium. */
  readonly jacobian: number[][];
  /** The Jacobian's, by falling real part. */
  readonly eigenvalues: Complex[];
  readonly classification: EquilibriumKind;
  /** Euclidean norm of dh/dt there. */
  readonly residual: number;
}

/** Where and how long to search. */
export interface NewtonOptions {
  /** First guess; the origin when absent. */
  readonly start?: VectorLike;
  /** Accepted ‖dh/dt‖ relative to the size of its terms. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

/**
 * One equilibrium of dh/dt = A h + σ(W h + drive), by Newton's method with a backtracking line search on ‖dh/dt‖.
 *
 * Near a regular equilibrium the steps converge quadratically; far from one the search may end in a local minimum of
 * ‖dh/dt‖, which is an error here and is skipped by `findEquilibria`.
 *
 * @throws StabilityError on bad matrices, sizes or options.
 * @throws SingularSystemError when the Jacobian is singular to working precision at an iterate.
 * @throws ConvergenceError when `maxIterations` steps, or a line search, do not reach the tolerance, or when
 * dh/dt or the Jacobian is beyond the range of float64.
 */
export function findEquilibrium(input: FlowInput & NewtonOptions): Equilibrium {
  checkOptions('findEquilibrium', input, {
    start: true,
    tolerance: true,
    maxIterations: true,
    ...systemOptions,
  });
  const { start, tolerance, maxIterations, ...system } = input;
  const flow = toFlow('findEquilibrium', system);
  const first =
    start === undefined
      ? new Float64Array(flow.units)
      : toVector('findEquilibrium', 'start', start, flow.units);
  return newton('findEquilibrium', flow, { start: first, tolerance, maxIterations });
}

/** The search behind `findEquilibrium`, on a flow that is already checked. */
export function newton(
  where: string,
  flow: Flow,
  {
    start,
    tolerance = 1e-12,
    maxIterations = 100,
  }: { start: Float64Array; tolerance?: number | undefined; maxIterations?: number | undefined },
): Equilibrium {
  checkNumber(where, 'tolerance', tolerance, { above: 0 });
  checkNumber(where, 'maxIterations', maxIterations, { least: 1, integer: true });
  let at = evaluate(flow, start);
  if (!Number.isFinite(at.size)) throw overflow(where, 'dh/dt at the start');
  for (let iteration = 0; !atRest(at, tolerance); iteration++) {
    if (iteration === maxIterations)
      throw stalled(where, `‖dh/dt‖ = ${at.size} after ${maxIterations} steps`);
    const next = lineSearch(flow, at, newtonStep(where, flow.jacobian(at.h), at.field));
    if (next === undefined) throw stalled(where, `a local minimum of ‖dh/dt‖ = ${at.size}`);
    at = originIfReached(flow, { from: at, to: next }, tolerance) ?? next;
  }
  return describe(where, flow, polish(flow, at).h);
}

/** Whether dh/dt vanishes at h, within `tolerance` of the size of its terms. */
export function restsAt(flow: Flow, h: Float64Array, tolerance = 1e-12): boolean {
  return atRest(evaluate(flow, h), tolerance);
}

const atRest = ({ size, scale }: Iterate, tolerance: number): boolean =>
  size <= tolerance * scale && Number.isFinite(scale);

/**
 * The origin, when it is at rest and a step leaves less than the tolerance of h: there all terms of dh/dt vanish with h, so
 * that dh/dt relative to them never does.
 */
function originIfReached(
  flow: Flow,
  { from, to }: { from: Iterate; to: Iterate },
  tolerance: number,
): Iterate | undefined {
  if (!(euclidean(to.h) <= tolerance * euclidean(from.h))) return undefined;
  const origin = evaluate(flow, new Float64Array(flow.units));
  return origin.size === 0 ? origin : undefined;
}

interface Iterate {
  readonly h: Float64Array;
  readonly field: Float64Array;
  /** ‖dh/dt‖ */
  readonly size: number;
  /** Size of the terms that cancel in dh/dt. */
  readonly scale: number;
}

function evaluate(flow: Flow, h: Float64Array): Iterate {
  const field = flow.field(h);
  return { h, field, size: euclidean(field), scale: euclidean(flow.fieldTerms(h)) };
}

/**
 * The full step when it halves ‖dh/dt‖; else the best of 1/2, 1/4, ... Taking the first that decreases would let tanh
 * units saturate on the far side, where the Jacobian vanishes.
 */
function lineSearch(flow: Flow, from: Iterate, step: readonly number[]): Iterate | undefined {
  let best: Iterate | undefined;
  for (let fraction = 1; fraction > 2 ** -40; fraction /= 2) {
    const next = evaluate(
      flow,
      from.h.map((x, i) => x - fraction * step[i]!),
    );
    if (next.size <= from.size / 2 && fraction === 1) return next;
    if (next.size <= (1 - 1e-4 * fraction) * from.size && next.size < (best?.size ?? Infinity)) best = next;
    if (best !== undefined && fraction < 2 ** -10) break;
  }
  return best;
}

/** One more step where it helps: the tolerance is met, and quadratic convergence gives the remaining digits for little. */
function polish(flow: Flow, at: Iterate): Iterate {
  const step = solveEquilibrated(flow.jacobian(at.h), at.field);
  if (step === undefined) return at;
  const next = evaluate(
    flow,
    at.h.map((x, i) => x - step[i]!),
  );
  return next.size < at.size ? next : at;
}

/** The report on a point that is known to be at rest. */
function describe(where: string, flow: Flow, h: Float64Array): Equilibrium {
  const jacobian = flow.jacobian(h);
  if (!Number.isFinite(frobenius(jacobian))) throw overflow(where, 'the norm of the Jacobian');
  const eigenvalues = scaledEigenvaluesOf(where, jacobian, flow.jacobianTerms(h));
  return {
    equilibrium: Array.from(h),
    jacobian: jacobian.to2DArray(),
    eigenvalues: eigenvalues.map(({ re, im }) => ({ re, im })),
    classification: classify(eigenvalues),
    residual: euclidean(flow.field(h)),
  };
}

function newtonStep(where: string, jacobian: Matrix, field: Float64Array): number[] {
  const step = solveEquilibrated(jacobian, field);
  if (step !== undefined) return step;
  const fix = 'Start elsewhere, or change the drive: equilibria may merge or form a continuum here.';
  throw new SingularSystemError(where, 'a regular Jacobian along the search', 'a singular one', fix);
}

function overflow(where: string, what: string): ConvergenceError {
  const fix = 'Choose larger units of state and time.';
  return new ConvergenceError(where, `${what} within the range of float64`, 'a larger value', fix);
}

function stalled(where: string, got: string): ConvergenceError {
  return new ConvergenceError(where, 'the search for an equilibrium to converge', got, 'Pass another start.');
}
