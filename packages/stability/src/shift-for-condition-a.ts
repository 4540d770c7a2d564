import type { Matrix } from 'ml-matrix';
import { largestEigenvalue } from './largest-eigenvalue.js';
import { checkNumber, type MatrixLike, toSquare } from './matrix.js';

/** The two sides of condition (a) of Theorem 1, and what A lacks. */
export interface ConditionAShift {
  /** λ_max(A_sym) + M σ_max(W): A - δI meets the premise on A and condition (a) exactly when δ is larger. */
  readonly shift: number;
  readonly maxEigAsym: number;
  readonly M_sigmaMaxW: number;
}

/**
 * How far A must be shifted left for Theorem 1 (a): δ > λ_max(A_sym) + M σ_max(W), the closed-form bound on γ_A; negative
 * when the condition holds already. The same number as `theorem1Requirements(...).shiftForA` in a small part of the time
 * (only the largest eigenvalues of A_sym and WᵀW), so that it can be asked after every step of training.
 *
 * With a shift of -α < 0 any two solutions approach each other at least as e^(-αt): the Euclidean norm is a Lyapunov
 * function of their difference. σ_max comes from WᵀW, which costs no accuracy for the largest one; both sides are within
 * about 10 n ε times ‖A‖_F and M ‖W‖_F.
 *
 * Source: Erichson et al., Lipschitz Recurrent Neural Networks, ICLR 2021, Theorem 1.
 *
 * @throws StabilityError when A or W is not a finite square matrix, their sizes differ, or M is not positive.
 */
export function shiftForConditionA({
  A,
  W,
  lipschitzConstant = 1,
}: {
  A: MatrixLike;
  W: MatrixLike;
  lipschitzConstant?: number;
}): ConditionAShift {
  const where = 'shiftForConditionA';
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const maxEigAsym = largestEigenvalue(symmetricEntries(a), a.rows);
  const M_sigmaMaxW = lipschitzConstant * Math.sqrt(Math.max(0, largestEigenvalue(gram(w), w.rows)));
  return { shift: maxEigAsym + M_sigmaMaxW, maxEigAsym, M_sigmaMaxW };
}

function symmetricEntries(M: Matrix): Float64Array {
  const n = M.rows;
  const S = Float64Array.from(M.to1DArray());
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) S[i * n + j] = S[j * n + i] = (S[i * n + j]! + S[j * n + i]!) / 2;
  }
  return S;
}

/** MᵀM, as a sum over the rows of M. */
function gram(M: Matrix): Float64Array {
  const n = M.rows;
  const G = new Float64Array(n * n);
  for (const row of M.to2DArray()) {
    for (let i = 0; i < n; i++) {
      const factor = row[i]!;
      for (let j = i; j < n; j++) G[i * n + j]! += factor * row[j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) G[i * n + j] = G[j * n + i]!;
  return G;
}
