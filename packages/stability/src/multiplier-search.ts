import { isBoundedReal } from './bounded-real.js';
import { ConvergenceError } from './errors.js';
import { topSingular } from './frequency-response.js';
import type { LureForm } from './lure-form.js';
import { optimiseScaling } from './scaling.js';
import type { Verdict } from './verdict.js';

/** How a certificate is looked for. */
export interface SearchOptions {
  /** Certify this rate; the best one is searched when absent. */
  readonly rate?: number | undefined;
  /** One multiplier for all units (fast), or one for each (certifies more). */
  readonly multipliers: 'scalar' | 'diagonal';
  /** Relative gap at which the search for the best rate stops. */
  readonly rateTolerance: number;
}

/** Multipliers with the best rate found for them. */
export interface Candidate {
  readonly rate: number;
  readonly d: readonly number[];
  readonly kind: 'scalar' | 'diagonal';
}

/**
 * The candidate with the best rate: scalar first, then diagonal scalings. Frequencies where the gain came out too high
 * are kept for all later scalings: the scaling is optimised on them at the rate reached so far (an exchange method).
 *
 * Its work is bounded: every question to the Hamiltonian and to a frequency response is counted, and after
 * `QUESTIONS` of them the best candidate so far is returned.
 */
export function bestCandidate(
  form: LureForm,
  options: SearchOptions,
): { candidate?: Candidate | undefined; verdict: Verdict } {
  const best: { candidate?: Candidate; verdict: Verdict } = { verdict: 'undecided' };
  try {
    improve(counted(form), options, best);
  } catch (error) {
    // The QR algorithm may stall on matrices far from normal; what was found before counts.
    if (!(error instanceof OutOfQuestions || error instanceof ConvergenceError)) throw error;
    if (best.candidate === undefined) best.verdict = 'undecided';
  }
  return best;
}

function improve(
  form: LureForm,
  options: SearchOptions,
  best: { candidate?: Candidate; verdict: Verdict },
): void {
  const ones = Array.from({ length: form.units }, () => 1);
  const frequencies = [0];
  const scalar = bestRate(form, { ...options, from: options.rate ?? 0, d: ones, frequencies });
  best.verdict = scalar.verdict;
  if (scalar.rate !== undefined) best.candidate = { rate: scalar.rate, d: ones, kind: 'scalar' };
  const enough = options.rate !== undefined && best.candidate !== undefined;
  if (options.multipliers === 'scalar' || form.units === 1 || enough) return;
  let start = ones;
  for (let round = 0; round < 6; round++) {
    const from: number = best.candidate?.rate ?? options.rate ?? 0;
    const { d, gain } = optimiseScaling(
      frequencies.map((f) => form.response(from, ones, f)),
      { start },
    );
    if (!(gain < 1)) break; // not even on these few frequencies
    const known = frequencies.length;
    const next = bestRate(form, { ...options, from, d, frequencies });
    start = d;
    if (next.rate !== undefined) {
      const before = best.candidate;
      const gained = before === undefined || next.rate > (1 + options.rateTolerance) * before.rate;
      best.verdict = 'holds';
      best.candidate = { rate: next.rate, d, kind: 'diagonal' };
      if (!gained || options.rate !== undefined) break;
    } else if (best.candidate === undefined) best.verdict = next.verdict;
    if (next.rate === undefined && frequencies.length === known) break;
  }
}

/** How often the form may be asked for a state space or a response: some twenty times what easy systems need. */
export const QUESTIONS = 4000;

class OutOfQuestions extends Error {}

/** The form, which throws after `QUESTIONS` questions. */
function counted(form: LureForm): LureForm {
  let left = QUESTIONS;
  const ask = () => {
    if (left-- === 0) throw new OutOfQuestions();
  };
  return {
    ...form,
    stateSpace: (rate, d) => {
      ask();
      return form.stateSpace(rate, d);
    },
    response: (rate, d, frequency) => {
      ask();
      return form.response(rate, d, frequency);
    },
  };
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
  return topSingular(form.response(rate, d, frequency), { above: 1.001, tolerance: 1e-8 }).value;
}

/** The upper end of where `holds` does, from below; it holds at `low`. At most 40 halvings, of a range that 0 may open. */
function bisect(
  holds: (middle: number) => boolean,
  { low, high, tolerance }: { low: number; high: number; tolerance: number },
): number {
  let [lower, upper] = [low, high];
  for (let halving = 0; halving < 40 && upper - lower > tolerance * upper; halving++) {
    const middle = (lower + upper) / 2;
    if (holds(middle)) lower = middle;
    else upper = middle;
  }
  return lower;
}
