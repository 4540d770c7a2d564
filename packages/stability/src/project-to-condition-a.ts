import { Matrix } from 'ml-matrix';
import { largestExponent, resultInRange, timesPowerOfTwo } from './float64-range.js';
import { checkNumber, frobenius, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { checkOptions } from './options.js';
import { scaledSVD } from './singular-value-decomposition.js';
import { symmetrised } from './spectrum.js';
import { symmetricEigenByQL } from './symmetric-eigenvalues.js';
import { systemOptions } from './system.js';

/** The nearest matrices that meet the premise on A and condition (a) of Theorem 1. */
export interface ConditionAProjection {
  readonly A: number[][];
  readonly W: number[][];
  /** λ_max(A_sym) is at most -(M c + margin) and σ_max(W) at most this c; Infinity when nothing had to change. */
  readonly bound: number;
  /** √(‖ΔA‖²_F + ‖ΔW‖²_F), how far they were. */
  readonly distance: number;
}

/**
 * The pair nearest to (A, W), in √(‖ΔA‖²_F + ‖ΔW‖²_F), with λ_max(A_sym) + M σ_max(W) ≤ -margin: a projection onto the
 * convex set of systems that Theorem 1 (a) certifies with that room. For use after a step of training, as Miller and
 * Hardt's clipping of singular values is for contractive models.
 *
 * For any split c, eigenvalues of A_sym above -(M c + margin) are lowered to it and singular values of W above c to c; the
 * skew part of A stays. The best c balances the two, Σ (σᵢ - c)₊ = M Σ (λᵢ + M c + margin)₊, which bisection finds, as
 * the left side falls and the right one rises. A symmetric
 * eigenproblem and a singular value decomposition, with vectors: about 0.1 s at 128 units.
 *
 * Erichson et al., Lipschitz Recurrent Neural Networks, ICLR 2021, Theorem 1; optimality is that of Eckart and Young for
 * unitarily invariant norms.
 *
 * @param input.margin at least 0; the certified rate of contraction.
 * @throws StabilityError when A or W is not a finite square matrix, their sizes differ, a number is out of range,
 * or the result is beyond the range of float64.
 */
export function projectToConditionA(input: {
  A: MatrixLike;
  W: MatrixLike;
  margin?: number;
  lipschitzConstant?: number;
}): ConditionAProjection {
  const where = 'projectToConditionA';
  checkOptions(where, input, { margin: true, ...systemOptions });
  const { A, W, margin = 0, lipschitzConstant = 1 } = input;
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'margin', margin, { least: 0 });
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  // All lengths here have one unit: take the one in which the largest entry, or the margin, has size 1.
  const exponent = largestExponent([...a.to1DArray(), ...w.to1DArray(), margin]);
  const [unitA, unitW] = [scaledBy(a, -exponent), scaledBy(w, -exponent)];
  const room = timesPowerOfTwo(margin, -exponent);
  const ofA = symmetricEigenOf(where, symmetrised(unitA));
  const { values, exponent: sizeOfW, U, V } = scaledSVD(where, unitW, { vectors: true });
  const sigma = values.map((value) => timesPowerOfTwo(value, sizeOfW));
  const limitA = (c: number): number => -(lipschitzConstant * c + room);
  if (Math.max(...ofA.values) <= limitA(sigma[0]!)) {
    return { A: a.to2DArray(), W: w.to2DArray(), bound: Infinity, distance: 0 };
  }
  const surplus = (c: number): number => total(sigma, c) - lipschitzConstant * total(ofA.values, limitA(c));
  const bound = signChange(surplus, sigma[0]!);
  const changeA = combined(
    ofA.values.map((value) => Math.max(0, value - limitA(bound))),
    [ofA.vectors, ofA.vectors],
  );
  const changeW = combined(
    sigma.map((value) => Math.max(0, value - bound)),
    [U!, V!],
  );
  const back = (what: string, M: Matrix): number[][] =>
    M.to2DArray().map((row) => row.map((x) => resultInRange(where, what, x, exponent)));
  return {
    A: back('A', Matrix.sub(unitA, changeA)),
    W: back('W', Matrix.sub(unitW, changeW)),
    bound: timesPowerOfTwo(bound, exponent),
    distance: resultInRange(where, 'distance', Math.hypot(frobenius(changeA), frobenius(changeW)), exponent),
  };
}

/** Eigenvalues of a symmetric matrix with their vectors. */
function symmetricEigenOf(where: string, S: Matrix): { values: number[]; vectors: readonly Float64Array[] } {
  const exponent = largestExponent(S.to1DArray());
  const unit = Float64Array.from(scaledBy(S, -exponent).to1DArray());
  const { values, vectors } = symmetricEigenByQL(where, unit, S.rows);
  return { values: Array.from(values, (value) => timesPowerOfTwo(value, exponent)), vectors };
}

/** Σ sizeₖ uₖ vₖᵀ. */
function combined(
  sizes: readonly number[],
  [U, V]: readonly [readonly Float64Array[], readonly Float64Array[]],
): Matrix {
  const n = sizes.length;
  const sum = new Float64Array(n * n);
  sizes.forEach((size, k) => {
    if (size === 0) return;
    for (let i = 0, at = 0; i < n; i++) {
      const factor = size * U[k]![i]!;
      for (let j = 0; j < n; j++, at++) sum[at]! += factor * V[k]![j]!;
    }
  });
  return Matrix.from1DArray(n, n, Array.from(sum));
}

/** Σ (xᵢ - limit)₊ */
const total = (values: readonly number[], limit: number): number =>
  values.reduce((sum, value) => sum + Math.max(0, value - limit), 0);

/** Where a falling function changes its sign in [0, high]; 0 when it is never positive. */
function signChange(surplus: (c: number) => number, high: number): number {
  let [low, upper] = [0, high];
  for (;;) {
    const middle = (low + upper) / 2;
    if (!(middle > low && middle < upper)) return low;
    if (surplus(middle) > 0) low = middle;
    else upper = middle;
  }
}
