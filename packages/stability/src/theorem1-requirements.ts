import { Matrix } from 'ml-matrix';
import { largestExponent, resultInRange } from './float64-range.js';
import { checkNumber, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { singularValuesOf } from './norms.js';
import { checkOptions } from './options.js';
import { eigenvaluesOf, symmetricEigenvaluesOf, symmetrised } from './spectrum.js';
import { systemOptions } from './system.js';

/** What to change so that Theorem 1 holds. All are infima: the inequalities are strict, so go a little beyond. */
export interface Theorem1Requirements {
  /** Add this to A's γ (A - δI) for the premise on A and condition (a); negative is slack: it holds already. */
  readonly shiftForA: number;
  /** The smallest γ_A itself, λ_max((1-β)(M+Mᵀ)) + M σ_max(W), given the present one. */
  readonly gammaA: number;
  /** The smallest s ≥ 0 such that A - sI and W - sI meet A_sym ≺ 0 and condition (b). */
  readonly uniformShiftForB: number;
  /** One sentence on what to change. */
  readonly summary: string;
}

/**
 * What would make Theorem 1 hold.
 *
 * (a) In the family A = (1-β)(M+Mᵀ) + β(M-Mᵀ) - γI only the symmetric part matters, and γ shifts its eigenvalues:
 * σ_min(A_sym) > M σ_max(W) with A_sym ≺ 0 is γ > λ_max((1-β)(M+Mᵀ)) + M σ_max(W).
 *
 * (b) Shifting both by s turns AᵀW + WᵀA into 2s²I - 2s(A_sym + W_sym) + AᵀW + WᵀA, which beyond λ_max(A_sym) and
 * λ_max(W_sym) only grows with s: it is definite beyond the largest real eigenvalue of this quadratic pencil.
 *
 * @param input.gammaA the γ that A has at present, 0 when A is not of the family; only `gammaA` depends on it.
 * @throws StabilityError when A or W is not a finite square matrix, sizes differ, or a number is bad.
 */
export function theorem1Requirements(input: {
  A: MatrixLike;
  W: MatrixLike;
  lipschitzConstant?: number;
  gammaA?: number;
}): Theorem1Requirements {
  const where = 'theorem1Requirements';
  checkOptions(where, input, { gammaA: true, ...systemOptions });
  const { A, W, lipschitzConstant = 1, gammaA = 0 } = input;
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  checkNumber(where, 'gammaA', gammaA);
  const shiftForA = resultInRange(
    where,
    'the shift',
    symmetricEigenvaluesOf(symmetrised(a), where)[0]! + lipschitzConstant * singularValuesOf(w, where)[0]!,
  );
  // The shift has the units of A and W, and is looked for where the larger one has size 1.
  const exponent = largestExponent([...a.to1DArray(), ...w.to1DArray()]);
  const unit = uniformShift(where, scaledBy(a, -exponent), scaledBy(w, -exponent));
  const uniformShiftForB = resultInRange(where, 'the shift', unit, exponent);
  const raise = (shift: number) => (shift > 0 ? `by more than ${shift.toPrecision(3)}` : 'by anything');
  const summary =
    shiftForA < 0
      ? `Condition (a) and the premise on A hold with ${(-shiftForA).toPrecision(3)} of γ_A to spare.`
      : `Raise γ_A ${raise(shiftForA)} for condition (a), or both γ ${raise(uniformShiftForB)} for (b).`;
  return { shiftForA, gammaA: gammaA + shiftForA, uniformShiftForB, summary };
}

function uniformShift(where: string, a: Matrix, w: Matrix): number {
  const n = a.rows;
  const sum = Matrix.add(symmetrised(a), symmetrised(w));
  const cross = symmetrised(a.transpose().mmul(w)).mul(2);
  const least = Math.max(
    0,
    symmetricEigenvaluesOf(symmetrised(a))[0]!,
    symmetricEigenvaluesOf(symmetrised(w))[0]!,
  );
  // s² x - s (A_sym + W_sym) x + ½(AᵀW + WᵀA) x = 0, linearised.
  const pencil = Matrix.zeros(2 * n, 2 * n);
  pencil.setSubMatrix(Matrix.eye(n), 0, n);
  pencil.setSubMatrix(Matrix.mul(cross, -0.5), n, 0).setSubMatrix(sum, n, n);
  const values = eigenvaluesOf(where, pencil);
  const tolerance =
    Math.sqrt(Number.EPSILON) * (1 + Math.max(...values.map(({ re, im }) => Math.hypot(re, im))));
  // Above `least` the derivative 2(sI - A_sym) + 2(sI - W_sym) is positive definite: once definite, always.
  return Math.max(least, ...values.filter(({ im }) => Math.abs(im) <= tolerance).map(({ re }) => re));
}
