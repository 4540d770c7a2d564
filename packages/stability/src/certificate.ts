import { Matrix } from 'ml-matrix';
import { isBoundedReal, riccatiCoefficients } from './bounded-real.js';
import { responseAt, topSingular } from './frequency-response.js';
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
  /** No certificate of this kind exists above this rate. */
  readonly rateBound: number;
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

/**
 * The candidate with the best rate: scalar first, then diagonal scalings. Frequencies where the gain came out too high
 * are kept for all later scalings: the scaling is optimised on them at the rate reached so far (an exchange method).
 */
function bestCandidate(
  form: LureForm,
  options: SearchOptions,
): { candidate?: Candidate | undefined; verdict: Verdict } {
  const ones = Array.from({ length: form.units }, () => 1);
  const frequencies = [0];
  const scalar = bestRate(form, { ...options, from: options.rate ?? 0, d: ones, frequencies });
  let { verdict } = scalar;
  let candidate: Candidate | undefined =
    scalar.rate === undefined ? undefined : { rate: scalar.rate, d: ones, kind: 'scalar' };
  const enough = options.rate !== undefined && candidate !== undefined;
  if (options.multipliers === 'scalar' || form.units === 1 || enough) return { candidate, verdict };
  let start = ones;
  for (let round = 0; round < 6; round++) {
    const from: number = candidate?.rate ?? options.rate ?? 0;
    const plain = form.stateSpace(from, ones);
    const { d, gain } = optimiseScaling(
      frequencies.map((f) => responseAt(plain, f)),
      { start },
    );
    if (gain >= 1) break; // not even on these few frequencies
    const known = frequencies.length;
    const next = bestRate(form, { ...options, from, d, frequencies });
    start = d;
    if (next.rate !== undefined) {
      verdict = 'holds';
      const gained = candidate === undefined || next.rate > (1 + options.rateTolerance) * candidate.rate;
      candidate = { rate: next.rate, d, kind: 'diagonal' };
      if (!gained || options.rate !== undefined) break;
    } else if (candidate === undefined) verdict = next.verdict;
    if (next.rate === undefined && frequencies.length === known) break;
  }
  return { candidate, verdict };
}

interface RateSearch extends SearchOptions {
  /** A rate below which nothing is looked for. */
  readonly from: number;
  readonly d: readonly number[];
  /** Where the gain is watched; frequencies that turn out critical are added. */
  readonly frequencies: number[];
}

/**
 * The best rate for fixed multipliers. On the watched frequencies it is found by bisection on the gain; the Hamiltonian
 * then confirms it, or names a frequency that was missing.
 */
function bestRate(form: LureForm, search: RateSearch): { rate?: number; verdict: Verdict } {
  const { from, rate, d, frequencies, rateTolerance } = search;
  let trial = rate ?? form.bound.rate;
  let fresh: readonly number[] = frequencies;
  for (let round = 0; round < 12; round++) {
    for (const frequency of fresh) {
      const highest = rateAtFrequency(form, { ...search, frequency, high: trial });
      if (highest === undefined)
        return {
          verdict: gainAt(form, { ...search, frequency, rate: from }) > 1 + 1e-8 ? 'fails' : 'undecided',
        };
      trial = highest;
    }
    const { verdict, frequency } = isBoundedReal(form.stateSpace(trial, d));
    if (verdict === 'holds') return { rate: trial, verdict };
    if (rate !== undefined || trial === from) {
      if (frequency !== undefined) frequencies.push(frequency);
      return { verdict };
    }
    if (frequency === undefined || frequencies.some((f) => Math.abs(f - frequency) <= 1e-6 * (1 + f))) break;
    frequencies.push(frequency);
    fresh = [frequency];
  }
  // The frequencies no longer help: plain bisection.
  if (isBoundedReal(form.stateSpace(from, d)).verdict !== 'holds') return { verdict: 'undecided' };
  const holds = (middle: number) => isBoundedReal(form.stateSpace(middle, d)).verdict === 'holds';
  return { rate: bisect(holds, { low: from, high: trial, tolerance: rateTolerance }), verdict: 'holds' };
}

/** The largest rate in [from, high], to the tolerance, at which the gain at one frequency is below 1; undefined if none. */
function rateAtFrequency(
  form: LureForm,
  { from, high, d, frequency, rate, rateTolerance }: RateSearch & { frequency: number; high: number },
): number | undefined {
  const below = (trial: number) => gainAt(form, { rate: trial, d, frequency }) < 1;
  if (high < form.bound.rate && below(high)) return high;
  if (rate !== undefined || !below(from)) return undefined;
  return bisect(below, { low: from, high, tolerance: rateTolerance });
}

/** σ_max at one frequency, from below; taken no further than a little above 1. */
function gainAt(
  form: LureForm,
  { rate, d, frequency }: { rate: number; d: readonly number[]; frequency: number },
): number {
  return topSingular(responseAt(form.stateSpace(rate, d), frequency), { above: 1.001, tolerance: 1e-8 })
    .value;
}

/** The upper end of where `holds` does, from below; it holds at `low`. */
function bisect(
  holds: (middle: number) => boolean,
  { low, high, tolerance }: { low: number; high: number; tolerance: number },
): number {
  let [lower, upper] = [low, high];
  while (upper - lower > tolerance * upper) {
    const middle = (lower + upper) / 2;
    if (holds(middle)) lower = middle;
    else upper = middle;
  }
  return lower;
}

/** P from the Riccati equation with a slack εI, normalised and verified; the largest slack that works is kept. */
function build(where: string, form: LureForm, { rate, d, kind }: Candidate): Certificate | undefined {
  const coefficients = riccatiCoefficients(form.stateSpace(rate, d));
  if (coefficients === undefined) return undefined;
  const { F, S, Q } = coefficients;
  const unit = Math.max(Q.norm(), F.norm() ** 2 / S.norm()) / Math.sqrt(F.rows);
  for (const slack of [1e-4, 1e-6, 1e-8]) {
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
      holds: true,
      verdict: 'holds',
      rate,
      rateBound: form.bound.rate,
      overshoot,
      P: P.to2DArray(),
      multipliers,
      multiplierKind: kind,
      margin,
      tolerance,
      inequalities,
      summary,
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
