import type { OptionNames } from '@hurwitz/input';
import { TruncationError, UnstableModelError } from './errors.js';
import { checkNumber, checkOptions } from './numeric-input.js';

/** What Lemma 1 speaks of; `lemma1Constants` finds it for a vanilla network. */
export interface Lemma1Constants {
  /** λ: ‖φ(h, x) - φ(h', x)‖ ≤ λ‖h - h'‖. */
  readonly lambda: number;
  /** L_x: ‖φ(h, x) - φ(h, x')‖ ≤ L_x‖x - x'‖. */
  readonly inputLipschitz: number;
  /** B_x: ‖x‖ ≤ B_x for every input. */
  readonly inputBound: number;
  /** ‖φ(0, 0)‖, what the bias alone drives; the paper takes it as zero. */
  readonly offset?: number;
}

const constantNames: OptionNames<Lemma1Constants> = {
  lambda: true,
  inputLipschitz: true,
  inputBound: true,
  offset: true,
};

/**
 * Lemma 1 of Miller and Hardt (Stable Recurrent Models, ICLR 2019), with its constants:
 * ‖h_t - h_t^k‖ ≤ λ^k (L_x B_x + ‖φ(0, 0)‖)/(1 - λ), for every t.
 *
 * @param options.k steps of the truncated model, 0 or more.
 * @throws UnstableModelError when λ ≥ 1.
 * @throws TruncationError when a constant is missing or negative, or the bound is beyond the range of float64.
 */
export function lemma1Bound(options: Lemma1Constants & { k: number }): number {
  const where = 'lemma1Bound';
  checkOptions(where, options, { k: true, ...constantNames });
  const { k, ...constants } = options;
  checkNumber(where, 'k', k, { least: 0, integer: true });
  return decayed(finiteStateBound(where, constants), constants.lambda, k);
}

/**
 * The smallest k with λ^k (L_x B_x + ‖φ(0, 0)‖)/(1 - λ) ≤ ε, so that k steps are enough for states within ε
 * (Miller and Hardt, ICLR 2019, Lemma 1). 0 when the zero state itself is close enough.
 *
 * @throws UnstableModelError when λ ≥ 1.
 * @throws TruncationError when a constant is missing or negative, ε is not positive, the bound is beyond the range of
 * float64, or k beyond 2^53.
 */
export function truncationLength(options: Lemma1Constants & { epsilon: number }): number {
  const where = 'truncationLength';
  checkOptions(where, options, { epsilon: true, ...constantNames });
  const { epsilon, ...constants } = options;
  checkNumber(where, 'epsilon', epsilon, { above: 0 });
  const bound = finiteStateBound(where, constants);
  const { lambda } = constants;
  if (bound <= epsilon) return 0;
  if (lambda === 0) return 1;
  const within = (k: number) => decayed(bound, lambda, k) <= epsilon;
  // the quotient of logarithms may round to the wrong side of an integer
  let k = Math.max(1, Math.ceil((Math.log(epsilon) - Math.log(bound)) / Math.log(lambda)));
  if (k >= Number.MAX_SAFE_INTEGER) {
    const got = `λ = ${lambda}, which takes about ${k.toPrecision(2)}`;
    throw new TruncationError(where, `at most ${Number.MAX_SAFE_INTEGER} steps`, got, 'Lower λ, or raise ε.');
  }
  while (k > 1 && within(k - 1)) k--;
  while (!within(k)) k++;
  return k;
}

/** λ^k·bound, where λ^k by itself may be too small a number. */
function decayed(bound: number, lambda: number, k: number): number {
  const half = Math.floor(k / 2);
  return bound * lambda ** half * lambda ** (k - half);
}

/** `stateBound`, refused when it is beyond float64's range. */
function finiteStateBound(where: string, constants: Lemma1Constants): number {
  const bound = stateBound(where, constants);
  if (bound < Infinity) return bound;
  const fix = 'Scale inputs, weights and bias down.';
  throw new TruncationError(where, 'a bound on the state within the range of float64', 'a larger one', fix);
}

/** (L_x B_x + ‖φ(0, 0)‖)/(1 - λ), which no state exceeds from a zero start; Infinity beyond float64's range. */
export function stateBound(
  where: string,
  { lambda, inputLipschitz, inputBound, offset = 0 }: Lemma1Constants,
): number {
  checkNumber(where, 'lambda', lambda, { least: 0 });
  checkNumber(where, 'inputLipschitz', inputLipschitz, { least: 0 });
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  checkNumber(where, 'offset', offset, { least: 0 });
  if (lambda >= 1) throw new UnstableModelError(where, lambda);
  return (inputLipschitz * inputBound + offset) / (1 - lambda);
}
