import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { checkNumber, type MatrixLike, toSquare } from './matrix.js';
import { symmetrised } from './spectrum.js';

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
 * the left side falls and the right one rises. Two symmetric eigenproblems with vectors: about 0.1 s at 128 units.
 *
 * Erichson et al., Lipschitz Recurrent Neural Networks, ICLR 2021, Theorem 1; optimality is that of Eckart and Young for
 * unitarily invariant norms.
 *
 * @param input.margin at least 0; the certified rate of contraction.
 * @throws StabilityError when A or W is not a finite square matrix, their sizes differ, or a number is out of range.
 */
export function projectToConditionA({
  A,
  W,
  margin = 0,
  lipschitzConstant = 1,
}: {
  A: MatrixLike;
  W: MatrixLike;
  margin?: number;
  lipschitzConstant?: number;
}): ConditionAProjection {
  const where = 'projectToConditionA';
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'margin', margin, { least: 0 });
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const ofA = spectrumOf(symmetrised(a));
  const ofW = spectrumOf(w.transpose().mmul(w));
  const sigma = ofW.values.map((value) => Math.sqrt(Math.max(0, value)));
  const limitA = (c: number): number => -(lipschitzConstant * c + margin);
  const largest = Math.max(...sigma);
  if (Math.max(...ofA.values) <= limitA(largest)) {
    return { A: a.to2DArray(), W: w.to2DArray(), bound: Infinity, distance: 0 };
  }
  const surplus = (c: number): number => total(sigma, c) - lipschitzConstant * total(ofA.values, limitA(c));
  const bound = balance(surplus, largest);
  const excessA = ofA.values.map((value) => Math.max(0, value - limitA(bound)));
  const changeA = ofA.vectors.clone().mulRowVector(excessA).mmul(ofA.vectors.transpose());
  // W V diag(1 - c/σ) Vᵀ is what lies above c.
  const share = sigma.map((value) => (value > bound ? 1 - bound / value : 0));
  const changeW = w.mmul(ofW.vectors.clone().mulRowVector(share)).mmul(ofW.vectors.transpose());
  return {
    A: Matrix.sub(a, changeA).to2DArray(),
    W: Matrix.sub(w, changeW).to2DArray(),
    bound,
    distance: Math.hypot(changeA.norm(), changeW.norm()),
  };
}

function spectrumOf(symmetric: Matrix): { values: number[]; vectors: Matrix } {
  const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  return { values, vectors };
}

/** Σ (xᵢ - limit)₊ */
const total = (values: readonly number[], limit: number): number =>
  values.reduce((sum, value) => sum + Math.max(0, value - limit), 0);

/** Where a falling function changes its sign in [0, high]; 0 when it is never positive. */
function balance(surplus: (c: number) => number, high: number): number {
  let [low, upper] = [0, high];
  for (;;) {
    const middle = (low + upper) / 2;
    if (!(middle > low && middle < upper)) return low;
    if (surplus(middle) > 0) low = middle;
    else upper = middle;
  }
}
