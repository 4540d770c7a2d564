import type { OptionNames } from '@hurwitz/input';
import { type Certificate, type NoCertificate, searchCertificate } from './certificate.js';
import { StabilityError } from './errors.js';
import { type LureInput, type LureSystem, lureSystem, multiplierFrom } from './lure.js';
import { checkNumber, frobenius, type MatrixLike, toSquare, toVector, type VectorLike } from './matrix.js';
import { checkOptions } from './options.js';
import { certificateInequalities } from './sector-inequality.js';
import { symmetrised } from './spectrum.js';
import { systemOptions } from './system.js';
import { all, type Inequality, type Verdict } from './verdict.js';

/** A system, and how hard to look for its certificate. */
export interface ContractionInput extends LureInput {
  /** Exponential rate per unit of time to certify; when absent, the best one is searched. */
  readonly rate?: number;
  /** One multiplier for all units (fast) or one for each (certifies more systems and faster rates). */
  readonly multipliers?: 'scalar' | 'diagonal';
  /** Relative gap at which the search for the best rate stops. */
  readonly rateTolerance?: number;
}

const contractionOptions = { ...systemOptions, rate: true, multipliers: true, rateTolerance: true } as const;

/**
 * A proof that dh/dt = A h + σ(W h + c) forgets its initial state: for every constant c, any two solutions satisfy
 * ‖h(t) - h'(t)‖ ≤ overshoot · e^(-rate·t) ‖h(0) - h'(0)‖. It reaches beyond Theorem 1: every system that meets
 * condition (a) is certified here, and many more.
 *
 * Sought are P ≻ 0 and diagonal Λ ≻ 0 with [AᵀP+PA+2αP, P+WᵀΛ; P+ΛW, -2Λ] ≺ 0 (slopes of σ in [0, 1]; scaled for
 * other Lipschitz constants). Two come in closed form: P = I, and a diagonal P from a positive system that dominates this
 * one, which suits triangular matrices. Others are searched: for a given Λ the inequality is a bounded real lemma for
 * A + W/2 + αI, decided by the eigenvalues of a Hamiltonian matrix; Λ is first scalar, then diagonal, lowering the H∞
 * norm, which is convex in log Λ; α is found by bisection and P from a Riccati equation. Boyd, El Ghaoui, Feron and
 * Balakrishnan, Linear Matrix Inequalities (1994), sections 2.7.2 and 8.1. Whatever is found is then verified by the
 * eigenvalues of the block matrix itself, beyond their rounding error: nothing is claimed without that. A failure is not
 * a proof of instability.
 *
 * The search works in the unit of time that the largest entry sets and, with diagonal multipliers, in balanced units of
 * the states, so the verdict does not depend on either. It ends after at most 4000 Hamiltonian matrices and frequency
 * responses, of order n³ operations each.
 *
 * @throws StabilityError when A or W is not a finite square matrix, sizes differ, or an option is out of range.
 */
export function certifyContraction(input: ContractionInput): Certificate | NoCertificate {
  const where = 'certifyContraction';
  checkOptions(where, input, contractionOptions);
  const system = lureSystem(where, { ...input, step: undefined });
  return searchCertificate(where, system, searchOptions(where, input, system));
}

/** A certificate for the stepped system: `factor` = e^(-rate·step) is how distances shrink at each step. */
export type EulerCertificate = (Certificate & { readonly factor: number }) | NoCertificate;

/**
 * The same for the Euler map h ← h + ε(A h + σ(W h + c)), which is what a recurrent layer computes: any two runs
 * satisfy ‖hₖ - h'ₖ‖ ≤ overshoot · factorᵏ ‖h₀ - h'₀‖, also when c changes from step to step (P does not depend on c).
 *
 * The inequality is [FᵀPF - ρ²P, εFᵀP + WᵀΛ; εPF + ΛW, ε²P - 2Λ] ≺ 0 with F = I + εA, ρ = factor; it is brought to
 * continuous time by z = (1 + s)/(1 - s), solved as in `certifyContraction`, and verified in its own form.
 *
 * @throws StabilityError as `certifyContraction`, or when the step is not positive.
 */
export function certifyEulerContraction(
  input: ContractionInput & { readonly step: number },
): EulerCertificate {
  const where = 'certifyEulerContraction';
  checkOptions(where, input, { ...contractionOptions, step: true });
  checkNumber(where, 'step', input.step, { above: 0 });
  const system = lureSystem(where, input);
  const result = searchCertificate(where, system, searchOptions(where, input, system));
  return result.holds ? { ...result, factor: Math.exp(-result.rate * input.step) } : result;
}

/** Whether given P, Λ and rate are a proof. */
export interface Verification {
  readonly holds: boolean;
  readonly verdict: Verdict;
  readonly inequalities: readonly Inequality[];
}

/** The other parts of a certificate, so that `{ ...system, ...certificate }` is a claim to be checked. */
const certificateParts: OptionNames<Omit<Certificate, 'P' | 'multipliers' | 'rate'> & { factor: number }> = {
  holds: true,
  verdict: true,
  rateBound: true,
  overshoot: true,
  multiplierKind: true,
  margin: true,
  tolerance: true,
  inequalities: true,
  summary: true,
  factor: true,
};

/**
 * Checks a certificate, from wherever it comes, by the eigenvalues of P and of the block matrix in float64.
 *
 * @param input the system, P, the diagonal of Λ, the rate, and `step` for the Euler map; `{ ...system, ...certificate }`
 * will do.
 * @throws StabilityError when a matrix, size or number is bad, or P is not symmetric.
 */
export function verifyContraction(
  input: LureInput & { P: MatrixLike; multipliers: VectorLike; rate: number; step?: number },
): Verification {
  const where = 'verifyContraction';
  checkOptions<object>(where, input, { ...contractionOptions, step: true, P: true, ...certificateParts });
  const { P, multipliers, rate, step, ...system } = input;
  const lure = lureSystem(where, { ...system, step });
  const p = toSquare(where, 'P', P, lure.units);
  const asymmetry = frobenius(p.clone().sub(p.transpose()));
  if (asymmetry > 100 * Number.EPSILON * frobenius(p)) {
    throw new StabilityError(where, 'P to be symmetric', `‖P - Pᵀ‖ = ${asymmetry}`, 'Pass (P + Pᵀ)/2.');
  }
  checkNumber(where, 'rate', rate);
  const given = toVector(where, 'multipliers', multipliers, lure.units);
  const inequalities = certificateInequalities(lure, {
    P: symmetrised(p),
    multipliers: Array.from(given, (x) => multiplierFrom(lure, x)),
    rate: rate / lure.frequency,
  });
  const verdict = all(inequalities.map((each) => each.verdict));
  return { holds: verdict === 'holds', verdict, inequalities };
}

function searchOptions(
  where: string,
  { rate, multipliers = 'diagonal', rateTolerance = 0.01 }: ContractionInput,
  { frequency }: LureSystem,
): { rate?: number | undefined; multipliers: 'scalar' | 'diagonal'; rateTolerance: number } {
  if (rate !== undefined) checkNumber(where, 'rate', rate, { least: 0 });
  checkNumber(where, 'rateTolerance', rateTolerance, { least: 1e-6, most: 0.5 });
  if (multipliers !== 'scalar' && multipliers !== 'diagonal') {
    throw new StabilityError(
      where,
      "multipliers to be 'scalar' or 'diagonal'",
      String(multipliers),
      'Change it.',
    );
  }
  return { rate: rate === undefined ? undefined : rate / frequency, multipliers, rateTolerance };
}
