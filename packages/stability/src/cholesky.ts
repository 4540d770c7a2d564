import { Matrix } from 'ml-matrix';

/** P = R Rᵀ, R lower triangular, and R⁻ᵀ. */
export interface Cholesky {
  readonly factor: Matrix;
  readonly inverseTransposed: Matrix;
}

/**
 * The Cholesky factor of a symmetric matrix; undefined when it is not positive definite to working precision, a pivot being
 * within n ε of the diagonal entry it comes from. Independent of the units of each index, so a graded matrix may be as badly
 * conditioned as it likes.
 */
export function cholesky(P: Matrix): Cholesky | undefined {
  const n = P.rows;
  const R = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = P.get(i, j);
      for (let k = 0; k < j; k++) rest -= R[i]![k]! * R[j]![k]!;
      if (j < i) R[i]![j] = rest / R[j]![j]!;
      else if (rest > n * Number.EPSILON * P.get(i, i)) R[i]![i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  // Column j of R⁻¹ by forward substitution; it is row j of R⁻ᵀ.
  const inverse = R.map((_, j) => {
    const column = new Float64Array(n);
    column[j] = 1 / R[j]![j]!;
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= R[i]![k]! * column[k]!;
      column[i] = sum / R[i]![i]!;
    }
    return column;
  });
  return {
    factor: new Matrix(R.map((row) => Array.from(row))),
    inverseTransposed: new Matrix(inverse.map((row) => Array.from(row))),
  };
}
