import { Matrix } from 'ml-matrix';
import { isBoundedReal, riccatiCoefficients } from './bounded-real.js';
import type { LureForm } from './lure.js';
import { riccatiSolution } from './riccati.js';
import { optimiseScaling } from './scaling.js';
import { symmetricEigenvaluesOf } from './spectrum.js';
import { all, type Inequality, judge, type Verdict } from './verdict.js';

/** How a certificate is looked for. */
export interface SearchOptions {
  /** Certify this rate; the best one is searched when absent. */
  readonly rate?: number | undefined;
  /** One multiplier for all units (fast), or one for each (certifies more). */
  readonly multipliers: 'scalar' | 'diagonal';
  /** Relative gap at which the search for the best rate stops. */
  readonly rateTolerance: number;
}

/** P, Λ and the rate, with the inequalities that prove it, evaluated in float64 on the original matrices. */
export interface Certificate {
  readonly holds: true;
  readonly verdict: 'holds';
  /** Distances between any two solutions fall at least as `overshoot` · e^(-rate·t). */
  readonly rate: number;
  /** √cond(P), the factor a distance may first grow by. */
  readonly overshoot: number;
  /** Symmetric positive definite, ‖P‖₂ = 1. */
  readonly P: number[][];
  /** The diagonal of Λ. */
  readonly multipliers: number[];
  readonly multiplierKind: 'scalar' | 'diagonal';
  /** -λ_max of the block matrix. */
  readonly margin: number;
  /** Bound on the rounding error of that margin. */
  readonly tolerance: number;
  readonly inequalities: readonly Inequality[];
  readonly summary: string;
}

/** Why there is no certificate: the inequality is infeasible for every multiplier tried, or too close to tell. */
export interface NoCertificate {
  readonly holds: false;
  readonly verdict: 'fails' | 'undecided';
  /** No certificate of this kind exists above this rate; negative or 0 when there is none at all. */
  readonly rateBound: number;
  readonly summary: string;
}

interface Candidate {
  readonly rate: number;
  readonly d: readonly number[];
  readonly kind: 'scalar' | 'diagonal';
}

/** Searches multipliers and the rate, builds P, and returns it only when the verification passes. */
export function searchCertificate(
  where: string,
  form: LureForm,
  options: SearchOptions,
): Certificate | NoCertificate {
  const { rate: bound, slope, tolerance } = form.bound;
  const least = options.rate ?? 0;
  if (bound - least <= tolerance) {
    const why = `with σ of constant slope ${slope} distances fall at the rate ${bound.toPrecision(3)} only`;
    return none(judge(bound - least, tolerance), bound, why);
  }
  const { candidate, verdict } = bestCandidate(form, options);
  if (candidate === undefined) {
    const tried =
      options.multipliers === 'scalar' ? 'a scalar multiplier' : 'the scalar and diagonal multipliers tried';
    return none(verdict, bound, `${tried} leave a loop gain of 1 or more at the rate ${least}`);
  }
  // At the best rate the inequality is an equality, so a searched rate is backed off.
  const rates =
    options.rate === undefined ? [0.99, 0.9, 0.5].map((part) => part * candidate.rate) : [options.rate];
  for (const rate of rates) {
    const certificate = build(where, form, { ...candidate, rate });
    if (certificate !== undefined) return certificate;
  }
  return none('undecided', bound, 'the inequality is feasible only within rounding error');
}

/** The candidate with the best rate: scalar first, then diagonal scalings optimised at the rate reached so far. */
function bestCandidate(form: LureForm, options: SearchOptions): { candidate?: Candidate; verdict: Verdict } {
  const ones = Array.from({ length: form.units }, () => 1);
  let { rate, verdict } = bestRate(form, ones, { ...options, from: options.rate ?? 0 });
  let candidate: Candidate | undefined = rate === undefined ? undefined : { rate, d: ones, kind: 'scalar' };
  const enough = options.rate !== undefined && candidate !== undefined;
  if (options.multipliers === 'scalar' || form.units === 1 || enough) return { candidate, verdict };
  for (let round = 0; round < 3; round++) {
    const from: number = candidate?.rate ?? options.rate ?? 0;
    const d = optimiseScaling((scale) => form.stateSpace(from, scale), { start: candidate?.d ?? ones });
    const next = bestRate(form, d, { ...options, from });
    if (next.rate === undefined) {
      if (candidate === undefined) verdict = next.verdict;
      break;
    }
    rate = next.rate;
    verdict = 'holds';
    const gained = candidate === undefined || rate > (1 + 2 * options.rateTolerance) * candidate.rate;
    if (candidate === undefined || rate > candidate.rate) candidate = { rate, d, kind: 'diagonal' };
    if (!gained || options.rate !== undefined) break;
  }
  return { candidate, verdict };
}

/** Bisection on the rate for fixed multipliers; a lower rate is feasible when a higher one is. */
function bestRate(
  form: LureForm,
  d: readonly number[],
  { from, rate, rateTolerance }: SearchOptions & { from: number },
): { rate?: number; verdict: Verdict } {
  const { verdict } = isBoundedReal(form.stateSpace(from, d));
  if (verdict !== 'holds') return { verdict };
  if (rate !== undefined) return { rate, verdict };
  let low = from;
  let high = form.bound.rate;
  while (high - low > rateTolerance * high) {
    const middle = (low + high) / 2;
    if (isBoundedReal(form.stateSpace(middle, d)).verdict === 'holds') low = middle;
    else high = middle;
  }
  return { rate: low, verdict };
}

/** P from the Riccati equation with a slack εI, normalised and verified; the largest slack that works is kept. */
function build(where: string, form: LureForm, { rate, d, kind }: Candidate): Certificate | undefined {
  const coefficients = riccatiCoefficients(form.stateSpace(rate, d));
  if (coefficients === undefined) return undefined;
  const { F, S, Q } = coefficients;
  const unit = Math.max(Q.norm(), F.norm() ** 2 / S.norm()) / Math.sqrt(F.rows);
  for (const slack of [1e-2, 1e-4, 1e-6, 1e-8]) {
    const P = riccatiSolution(where, { F, S, Q: Matrix.add(Q, Matrix.eye(F.rows, F.rows, slack * unit)) });
    if (P === undefined) continue;
    const values = symmetricEigenvaluesOf(P);
    const largest = values[0]!;
    P.div(largest);
    const multipliers = form.multipliers(rate, d).map((x) => x / largest);
    const inequalities = form.inequalities({ P, multipliers, rate });
    if (all(inequalities.map((each) => each.verdict)) !== 'holds') continue;
    const { margin, tolerance } = inequalities.at(-1)!;
    const overshoot = Math.sqrt(largest / values.at(-1)!);
    const summary =
      `Any two solutions approach each other at the rate ${rate.toPrecision(3)} for every constant input (overshoot at ` +
      `most ${overshoot.toPrecision(3)}), proved by a quadratic form with ${kind} multipliers, margin ${margin.toExponential(1)}.`;
    return {
      ...{
        holds: true,
        verdict: 'holds',
        rate,
        overshoot,
        P: P.to2DArray(),
        multipliers,
        multiplierKind: kind,
      },
      ...{ margin, tolerance, inequalities, summary },
    };
  }
  return undefined;
}

function none(verdict: Verdict, rateBound: number, why: string): NoCertificate {
  const undecided = verdict !== 'fails';
  const summary = undecided
    ? `Undecided to working precision, since ${why}.`
    : `Not certified, since ${why}.`;
  return { holds: false, verdict: undecided ? 'undecided' : 'fails', rateBound, summary };
}
