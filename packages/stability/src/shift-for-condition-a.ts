import type { Matrix } from 'ml-matrix';
import { largestExponent, resultInRange, timesPowerOfTwo } from './float64-range.js';
import { checkNumber, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { checkOptions } from './options.js';
import { symmetricEigenvaluesOf, symmetrised } from './spectrum.js';
import { symmetricEigenvaluesByQL } from './symmetric-eigenvalues.js';
import { systemOptions } from './system.js';

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
 * (two symmetric spectra, of A_sym and WᵀW), so that it can be asked after every step of training.
 *
 * With a shift of -α < 0 any two solutions approach each other at least as e^(-αt): the Euclidean norm is a Lyapunov
 * function of their difference. σ_max comes from WᵀW, which costs no accuracy for the largest one; both sides are within
 * about 10 n ε times ‖A‖_F and M ‖W‖_F.
 *
 * Source: Erichson et al., Lipschitz Recurrent Neural Networks, ICLR 2021, Theorem 1.
 *
 * @throws StabilityError when A or W is not a finite square matrix, their sizes differ, M is not positive, or a side is
 * beyond the range of float64.
 */
export function shiftForConditionA(input: {
  A: MatrixLike;
  W: MatrixLike;
  lipschitzConstant?: number;
}): ConditionAShift {
  const where = 'shiftForConditionA';
  checkOptions(where, input, { ...systemOptions });
  const { A, W, lipschitzConstant = 1 } = input;
  const a = toSquare(where, 'A', A);
  const w = toSquare(where, 'W', W, a.rows);
  checkNumber(where, 'lipschitzConstant', lipschitzConstant, { above: 0 });
  const maxEigAsym = symmetricEigenvaluesOf(symmetrised(a), where)[0]!;
  const M_sigmaMaxW = resultInRange(where, 'M σ_max(W)', lipschitzConstant * largestSingularValue(where, w));
  const shift = resultInRange(where, 'the shift', maxEigAsym + M_sigmaMaxW);
  return { shift, maxEigAsym, M_sigmaMaxW };
}

/** σ_max(W) from WᵀW, W and WᵀW scaled to size 1, or their entries would overflow or vanish. */
function largestSingularValue(where: string, W: Matrix): number {
  const exponent = largestExponent(W.to1DArray());
  const G = gram(scaledBy(W, -exponent));
  const square = largestExponent(G);
  const unit = G.map((x) => timesPowerOfTwo(x, -square));
  const largest = symmetricEigenvaluesByQL(where, unit, W.rows).reduce((most, x) => Math.max(most, x), 0);
  return resultInRange(where, 'σ_max(W)', Math.sqrt(timesPowerOfTwo(largest, square)), exponent);
}

/** WᵀW row by row, summed over the rows of W, one half from the other. */
function gram(W: Matrix): Float64Array {
  const n = W.rows;
  const G = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const row = W.getRow(k);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) G[i * n + j]! += row[i]! * row[j]!;
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) G[i * n + j] = G[j * n + i]!;
  return G;
}
