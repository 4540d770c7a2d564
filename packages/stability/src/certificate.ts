import { Matrix } from 'ml-matrix';
import { apartFrom } from './apart.js';
import { type BalancedSystem, balanceStates, fromBalanced, unbalanced } from './balanced-states.js';
import { type RiccatiCoefficients, riccatiCoefficients } from './bounded-real.js';
import {
  comparisonCandidate,
  type DirectCandidate,
  euclideanCandidate,
  PARTS,
} from './direct-certificates.js';
import { ConvergenceError } from './errors.js';
import { type CertificateMatrices, type LureSystem, multiplierIn } from './lure.js';
import { type LureForm, lureForm } from './lure-form.js';
import { frobenius } from './matrix.js';
import { bestCandidate, type Candidate, type SearchOptions } from './multiplier-search.js';
import { riccatiSolution } from './riccati.js';
import { areMet, certificateInequalities } from './sector-inequality.js';
import { symmetricEigenvaluesOf } from './spectrum.js';
import { type Inequality, judge, type Verdict } from './verdict.js';

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
  /** -λ_max of the block matrix, scaled to a diagonal of size 1. */
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

/**
 * The best certificate found, in the units of the system: the direct ones, and one from a search for multipliers where a
 * better rate may be had. Each is returned only when its verification passes.
 */
export function searchCertificate(
  where: string,
  system: LureSystem,
  options: SearchOptions,
): Certificate | NoCertificate {
  const direct = directProof(system, options);
  // One multiplier for all units means the units that were given.
  const balanced = options.multipliers === 'diagonal' ? balanceStates(system) : unbalanced(system);
  const form = formOrNothing(where, balanced.system);
  if (form === undefined) {
    if (direct !== undefined) return published(direct, system, Infinity);
    return none('undecided', Infinity, 'the eigenvalues of A + s W did not converge');
  }
  const bound = form.bound.rate * balanced.pace;
  const done = direct !== undefined && options.rate !== undefined;
  const found = done ? direct : searched(where, { system, balanced, form }, options);
  const best = 'P' in found && !(direct && direct.rate > found.rate) ? found : direct;
  if (best !== undefined) return published(best, system, Math.max(best.rate, bound));
  const proof = system.step > 0 ? flowProof(where, system, options) : undefined;
  if (proof !== undefined) return published(proof, system, Math.max(proof.rate, bound));
  const { verdict, why } = found as Failure;
  return none(verdict, bound * system.frequency, why);
}

/** The proof of the flow, tried on the map: the rounding of I + εA hides the decay in a short step from a search of its own. */
function flowProof(
  where: string,
  system: LureSystem,
  { rate: given, ...options }: SearchOptions,
): Proof | undefined {
  const flow = { ...system, step: 0 };
  const balanced = options.multipliers === 'diagonal' ? balanceStates(flow) : unbalanced(flow);
  const form = formOrNothing(where, balanced.system);
  const proof = form && searched(where, { system: flow, balanced, form }, options);
  if (proof === undefined || !('P' in proof)) return undefined;
  const { P, multipliers, kind } = proof;
  for (const rate of given === undefined ? PARTS.map((part) => part * proof.rate) : [given]) {
    const stepped = proofOf(system, { P, multipliers, rate }, kind);
    if (stepped !== undefined) return stepped;
  }
  return undefined;
}

function formOrNothing(where: string, system: LureSystem): LureForm | undefined {
  try {
    return lureForm(where, system);
  } catch (error) {
    if (error instanceof ConvergenceError) return undefined;
    throw error;
  }
}

/** A proof with ‖P‖₂ = 1, before it is put into words and into the units that the system was given in. */
interface Proof extends CertificateMatrices {
  readonly kind: 'scalar' | 'diagonal';
  readonly inequalities: readonly Inequality[];
}

/** Why a search ended without one. */
interface Failure {
  readonly verdict: Verdict;
  readonly why: string;
}

/** The direct certificate of the best rate. */
function directProof(system: LureSystem, options: SearchOptions): Proof | undefined {
  const proofs = [
    euclideanCandidate(system),
    ...(options.multipliers === 'diagonal' ? [comparisonCandidate(system)] : []),
  ].flatMap((candidate) => firstProof(system, candidate, options.rate));
  return proofs.reduce<Proof | undefined>(
    (best, each) => (best && best.rate >= each.rate ? best : each),
    undefined,
  );
}

/** The fastest rate of a candidate that passes the verification; the given one, if there is one. */
function firstProof(
  system: LureSystem,
  { kind, rates, matrices }: DirectCandidate,
  given: number | undefined,
): Proof[] {
  const tried = given === undefined ? rates : rates.some((rate) => rate > given) ? [given] : [];
  for (const rate of tried) {
    const claim = matrices(rate);
    const proof = claim && proofOf(system, claim, kind);
    if (proof !== undefined) return [proof];
  }
  return [];
}

function proofOf(system: LureSystem, claim: CertificateMatrices, kind: Proof['kind']): Proof | undefined {
  const inequalities = certificateInequalities(system, claim);
  return areMet(inequalities) ? { ...claim, kind, inequalities } : undefined;
}

/** A system, and what is searched in its place: the balanced one, as a form. */
interface SearchTask {
  readonly system: LureSystem;
  readonly balanced: BalancedSystem;
  readonly form: LureForm;
}

/** Searches multipliers and the rate, and builds P. */
function searched(where: string, task: SearchTask, options: SearchOptions): Proof | Failure {
  const { balanced, form } = task;
  const { rate: bound, slope, tolerance } = form.bound;
  const given = options.rate === undefined ? undefined : options.rate / balanced.pace;
  const least = given ?? 0;
  if (bound - least <= tolerance) {
    const words = boundInWords({ bound, least, tolerance }, balanced.system.frequency);
    const why = `with σ of constant slope ${slope} distances ${words}`;
    return { verdict: judge(bound - least, tolerance), why };
  }
  const { candidate, verdict } = bestCandidate(form, { ...options, rate: given });
  if (candidate === undefined) {
    const tried =
      options.multipliers === 'scalar' ? 'a scalar multiplier' : 'the scalar and diagonal multipliers tried';
    const at = least > 0 ? ` at the rate ${givenInWords(least * balanced.system.frequency)}` : '';
    return { verdict, why: `${tried} leave a loop gain of 1 or more${at}` };
  }
  // At the best rate the inequality is an equality, so a searched rate is backed off.
  const rates = given === undefined ? [0.99, 0.9, 0.5].map((part) => part * candidate.rate) : [given];
  for (const rate of rates) {
    const proof = build(where, task, { ...candidate, rate });
    if (proof !== undefined) return proof;
  }
  return { verdict: 'undecided', why: 'the inequality is feasible only within rounding error' };
}

/** What distances do at the best rate of all, which is not above the least one that is asked for. */
function boundInWords(
  { bound, least, tolerance }: { bound: number; least: number; tolerance: number },
  frequency: number,
): string {
  if (Math.abs(bound) <= tolerance) return 'neither fall nor grow, to rounding';
  if (bound < 0) return `grow at the rate ${(-bound * frequency).toPrecision(3)}`;
  const asked = givenInWords(least * frequency);
  if (bound >= least - tolerance)
    return `fall at the rate ${asked} that is asked for and no faster, to rounding`;
  return `fall at the rate ${apartFrom(Number(asked), bound * frequency)} only, and ${asked} is asked for`;
}

/** A rate that was given, without the digits that a change of the unit of time adds. */
const givenInWords = (rate: number): string => String(Number(rate.toPrecision(12)));

/** P from the Riccati equation with a slack εI, normalised and verified; the largest slack that works is kept. */
function build(
  where: string,
  { system, balanced, form }: SearchTask,
  { rate, d, kind }: Candidate,
): Proof | undefined {
  const coefficients = riccatiCoefficients(form.stateSpace(rate, d));
  if (coefficients === undefined) return undefined;
  const { F, S, Q } = coefficients;
  const unit = Math.max(frobenius(Q), frobenius(F) ** 2 / frobenius(S)) / Math.sqrt(F.rows);
  for (const slack of [1e-4, 1e-6, 1e-8]) {
    const slackened = Matrix.add(Q, Matrix.eye(F.rows, F.rows, slack * unit));
    const P = riccatiOrNothing(where, { F, S, Q: slackened });
    if (P === undefined) continue;
    const claim = fromBalanced(balanced, { P, multipliers: form.multipliers(rate, d), rate });
    const even = balanced.scale.every((x) => Math.abs(x - 1) < 1e-9);
    const proof = proofOf(system, normalised(claim), even ? kind : 'diagonal');
    if (proof !== undefined) return proof;
  }
  return undefined;
}

/** The same claim with ‖P‖₂ = 1. */
function normalised({ P, multipliers, rate }: CertificateMatrices): CertificateMatrices {
  const size = symmetricEigenvaluesOf(P)[0]!;
  return { P: Matrix.div(P, size), multipliers: multipliers.map((x) => x / size), rate };
}

function riccatiOrNothing(where: string, coefficients: RiccatiCoefficients): Matrix | undefined {
  try {
    return riccatiSolution(where, coefficients);
  } catch (error) {
    if (error instanceof ConvergenceError) return undefined;
    throw error;
  }
}

const rounding = (P: Matrix): number => 10 * P.rows * Number.EPSILON * frobenius(P);

/** The proof in the units that the system was given in. */
function published(
  { P, multipliers, rate, kind, inequalities }: Proof,
  { frequency, step }: LureSystem,
  rateBound: number,
): Certificate {
  const values = symmetricEigenvaluesOf(P);
  // From the eigenvalues of the scaled P, which are as exact for the smallest: its diagonal is 1/2 to 2.
  const smallest = (Math.min(...P.diagonal()) * inequalities[0]!.left) / 2;
  const overshoot = Math.sqrt(values[0]! / Math.max(smallest, values.at(-1)! - rounding(P)));
  const { margin, tolerance } = inequalities.at(-1)!;
  const given = rate * frequency;
  const summary =
    `Any two solutions approach each other at the rate ${given.toPrecision(3)} for every constant input (overshoot at ` +
    `most ${overshoot.toPrecision(3)}), proved by a quadratic form with ${kind} multipliers, margin ${margin.toExponential(1)}.`;
  return {
    holds: true,
    verdict: 'holds',
    rate: given,
    rateBound: rateBound * frequency,
    overshoot,
    P: P.to2DArray(),
    multipliers: multipliers.map((x) => multiplierIn({ frequency, step }, x)),
    multiplierKind: kind,
    margin,
    tolerance,
    inequalities,
    summary,
  };
}

function none(verdict: Verdict, rateBound: number, why: string): NoCertificate {
  const undecided = verdict !== 'fails';
  const summary = undecided
    ? `Undecided to working precision, since ${why}.`
    : `Not certified, since ${why}.`;
  return { holds: false, verdict: undecided ? 'undecided' : 'fails', rateBound, summary };
}
