import type { Matrix } from 'ml-matrix';
import { largestExponent, resultInRange, timesPowerOfTwo } from './float64-range.js';
import { checkFlag, checkNumber, frobenius, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { checkOptions } from './options.js';
import { symmetricEigenvaluesOf, symmetrised } from './spectrum.js';
import { systemOptions } from './system.js';
import { all, any, type Inequality, inequality, type Verdict } from './verdict.js';

/** dh/dt = A h + σ(W h + U x + b), σ acting entry by entry. Column-vector convention: A h, not h A. */
export interface Theorem1Input {
  readonly A: MatrixLike;
  readonly W: MatrixLike;
  /** M, the Lipschitz constant of σ; tanh and ReLU have 1, the logistic function 1/4. */
  readonly lipschitzConstant?: number;
  /** Whether σ is non-decreasing, as condition (b) asks. */
  readonly monotone?: boolean;
}

interface Part {
  readonly holds: boolean;
  readonly verdict: Verdict;
  /** Signed margin of the part's tightest inequality, in the units of the theorem. */
  readonly margin: number;
  /** Rounding error allowed to that margin. */
  readonly tolerance: number;
  readonly inequalities: readonly Inequality[];
}

/** A_sym ≺ 0 and W non-singular. */
export interface Premise extends Part {
  readonly maxEigAsym: number;
  readonly sigmaMinW: number;
}

/** σ_min(A_sym) > M σ_max(W). */
export interface ConditionA extends Part {
  readonly sigmaMinAsym: number;
  readonly M_sigmaMaxW: number;
}

/** σ monotone, W + Wᵀ ≺ 0 and AᵀW + WᵀA ≻ 0. */
export interface ConditionB extends Part {
  readonly monotone: boolean;
  readonly maxEigWplusWT: number;
  readonly minEigATWplusWTA: number;
}

/** What Theorem 1 says of one system. */
export interface Theorem1Report {
  /** Premise and at least one condition, each beyond rounding error. */
  readonly holds: boolean;
  readonly verdict: Verdict;
  readonly premise: Premise;
  readonly conditionA: ConditionA;
  readonly conditionB: ConditionB;
  /** One sentence: what holds and why. */
  readonly summary: string;
}

/**
 * Theorem 1 of the Lipschitz RNN paper (Erichson et al., ICLR 2021): an equilibrium of dh/dt = A h + σ(W h + c) is
 * globally exponentially stable when the premise holds and (a) or (b) does.
 *
 * - premise: A_sym = (A + Aᵀ)/2 ≺ 0 and W non-singular
 * - (a): σ_min(A_sym) > M σ_max(W)
 * - (b): σ monotone, W + Wᵀ ≺ 0 and AᵀW + WᵀA ≻ 0
 *
 * Each inequality comes with its two sides, a signed margin and the rounding error of that margin (10 n ε times the norm
 * of the matrix whose eigenvalues it compares); inside it the verdict is 'undecided' and `holds` is false. (b) is not
 * invariant under transposing A and W together, so mind the convention. Sufficient only: `certifyContraction` reaches further.
 *
 * @throws StabilityError when A or W is not a finite square matrix, their sizes differ, M is not positive, or a side of an
 * inequality is beyond the range of float64.
 */
export function checkTheorem1(input: Theorem1Input): Theorem1Report {
  const where = 'checkTheorem1';
  checkOptions(where, input, { ...systemOptions });
  const { A, W, lipschitzConstant = 1, monotone = true } = input;
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  checkFlag(where, 'monotone', monotone);

  const rounding = 10 * a.rows * Number.EPSILON;
  const symA = symmetricEigenvaluesOf(symmetrised(a), where);
  const sigmaW = singularValuesOf(w, where);
  const sigmaMinAsym = Math.min(...symA.map(Math.abs));
  const toleranceA = fractionOf(a, rounding);
  const toleranceW = rounding * sigmaW[0]!;

  const premise = premiseOf({
    maxEigAsym: symA[0]!,
    sigmaMinW: sigmaW[sigmaW.length - 1]!,
    toleranceA,
    toleranceW,
  });
  const M_sigmaMaxW = resultInRange(where, 'M σ_max(W)', lipschitzConstant * sigmaW[0]!);
  const conditionA: ConditionA = {
    sigmaMinAsym,
    M_sigmaMaxW,
    ...part([
      inequality('σ_min(A_sym) > M σ_max(W)', {
        left: sigmaMinAsym,
        sign: '>',
        right: M_sigmaMaxW,
        tolerance: toleranceA + lipschitzConstant * toleranceW,
      }),
    ]),
  };
  const conditionB = conditionBOf({ where, a, w, monotone, rounding });
  const verdict = all([premise.verdict, any([conditionA.verdict, conditionB.verdict])]);
  const report = { holds: verdict === 'holds', verdict, premise, conditionA, conditionB };
  return { ...report, summary: summarise(report) };
}

/** A fraction of ‖M‖_F, which itself may be beyond the range of float64. */
function fractionOf(M: Matrix, fraction: number): number {
  const exponent = largestExponent(M.to1DArray());
  return timesPowerOfTwo(fraction * frobenius(scaledBy(M, -exponent)), exponent);
}

/** Distance from where the verdict would change for the worse. */
const room = ({ margin, tolerance }: Inequality): number => margin - tolerance;

function part(inequalities: readonly Inequality[]): Part {
  const verdict = all(inequalities.map((each) => each.verdict));
  const tightest = inequalities.reduce((least, each) => (room(each) < room(least) ? each : least));
  return {
    holds: verdict === 'holds',
    verdict,
    margin: tightest.margin,
    tolerance: tightest.tolerance,
    inequalities,
  };
}

function premiseOf(figures: {
  maxEigAsym: number;
  sigmaMinW: number;
  toleranceA: number;
  toleranceW: number;
}): Premise {
  const { maxEigAsym, sigmaMinW, toleranceA, toleranceW } = figures;
  const definite = { left: maxEigAsym, sign: '<', right: 0, tolerance: toleranceA } as const;
  const regular = { left: sigmaMinW, sign: '>', right: 0, tolerance: toleranceW } as const;
  return {
    maxEigAsym,
    sigmaMinW,
    ...part([inequality('λ_max(A_sym) < 0', definite), inequality('σ_min(W) > 0', regular)]),
  };
}

function conditionBOf({
  where,
  a,
  w,
  monotone,
  rounding,
}: {
  where: string;
  a: Matrix;
  w: Matrix;
  monotone: boolean;
  rounding: number;
}) {
  const maxEigWplusWT = resultInRange(
    where,
    'λ_max(W + Wᵀ)',
    2 * symmetricEigenvaluesOf(symmetrised(w), where)[0]!,
  );
  // Products of large or small entries leave float64's range: the verdict comes from A and W scaled to size 1.
  const [forA, forW] = [a, w].map((matrix) => largestExponent(matrix.to1DArray()));
  const [unitA, unitW] = [scaledBy(a, -forA!), scaledBy(w, -forW!)];
  const cross = symmetrised(unitA.transpose().mmul(unitW));
  const definite = inequality('λ_min(AᵀW + WᵀA) > 0', {
    left: 2 * symmetricEigenvaluesOf(cross, where).at(-1)!,
    sign: '>',
    right: 0,
    tolerance: 2 * rounding * frobenius(unitA) * frobenius(unitW),
  });
  const back = (x: number) => resultInRange(where, 'λ_min(AᵀW + WᵀA)', x, forA! + forW!);
  const minEigATWplusWTA = back(definite.left);
  const tested = part([
    inequality('λ_max(W + Wᵀ) < 0', {
      left: maxEigWplusWT,
      sign: '<',
      right: 0,
      tolerance: fractionOf(w, 2 * rounding),
    }),
    {
      ...definite,
      left: minEigATWplusWTA,
      margin: back(definite.margin),
      tolerance: back(definite.tolerance),
    },
  ]);
  const verdict: Verdict = monotone ? tested.verdict : 'fails';
  return { monotone, maxEigWplusWT, minEigATWplusWTA, ...tested, verdict, holds: verdict === 'holds' };
}

function summarise({
  verdict,
  premise,
  conditionA,
  conditionB,
}: Omit<Theorem1Report, 'summary' | 'holds'>): string {
  if (verdict === 'holds') {
    const reasons = [
      ...(conditionA.holds ? [`(a) holds: ${describe(conditionA)}`] : []),
      ...(conditionB.holds ? [`(b) holds: ${describe(conditionB)}`] : []),
    ];
    return `Globally exponentially stable by Theorem 1, since the premise holds and ${reasons.join('; ')}.`;
  }
  const obstacle =
    premise.verdict !== 'holds'
      ? `the premise ${premise.verdict === 'fails' ? 'fails' : 'is inside rounding error'}: ${describe(premise)}`
      : `neither condition is met: (a) ${describe(conditionA)}; (b) ${conditionB.monotone ? describe(conditionB) : 'σ is not monotone'}`;
  return verdict === 'undecided'
    ? `Theorem 1 is undecided to working precision, since ${obstacle}.`
    : `Theorem 1 does not apply, since ${obstacle}.`;
}

/** The tightest inequality of a part, with its margin. */
function describe({ inequalities, margin }: Part): string {
  const { statement, verdict } = inequalities.find((each) => each.margin === margin)!;
  if (verdict === 'undecided') return `${statement} is an equality to rounding`;
  if (margin === 0) return `${statement} fails, since it is an equality`;
  const size = Math.abs(margin).toPrecision(3);
  return verdict === 'holds' ? `${statement} by a margin of ${size}` : `${statement} fails by ${size}`;
}
