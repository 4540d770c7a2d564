import { Matrix } from 'ml-matrix';
import { riccatiCoefficients } from './bounded-real.js';
import type { LureForm } from './lure.js';
import { bestCandidate, type Candidate, type SearchOptions } from './multiplier-search.js';
import { riccatiSolution } from './riccati.js';
import { symmetricEigenvaluesOf } from './spectrum.js';
import { all, type Inequality, judge, type Verdict } from './verdict.js';

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
