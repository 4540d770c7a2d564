import { Matrix } from 'ml-matrix';
import { SingularSystemError } from './errors.js';
import { type MatrixLike, toSquare } from './matrix.js';
import { diagonalEigenvalues, type RealSchur, realSchur } from './schur.js';

type Time = 'continuous' | 'discrete';

/**
 * P with AᵀP + PA = -Q, by Bartels and Stewart's method (1972) on the real Schur form of A, with iterative refinement.
 *
 * Solvable for every A without two eigenvalues λᵢ + λⱼ = 0, stable or not; P is symmetric when Q is, and positive
 * definite when A is Hurwitz and Q positive definite. About 40 n³ flops.
 *
 * @returns P, n x n; its residual is at most 1e-6 ‖Q‖ (checked), in practice a few n ε (‖A‖ ‖P‖).
 * @throws StabilityError when A or Q is not a finite square matrix or their sizes differ.
 * @throws SingularSystemError when λᵢ + λⱼ = 0 to rounding, or so nearly that the residual stays above 1e-6 ‖Q‖.
 */
export function solveLyapunov(A: MatrixLike, Q: MatrixLike): number[][] {
  return solve('solveLyapunov', 'continuous', A, Q);
}

/**
 * P with AᵀPA - P = -Q, by Bartels and Stewart's method on the real Schur form of A (Barraud 1977), with refinement.
 *
 * Solvable for every A without two eigenvalues λᵢ λⱼ = 1; P is symmetric when Q is, and positive definite when A's
 * spectral radius is below 1 and Q is positive definite.
 *
 * @returns P, n x n; its residual is at most 1e-6 ‖Q‖ (checked).
 * @throws StabilityError when A or Q is not a finite square matrix or their sizes differ.
 * @throws SingularSystemError when λᵢ λⱼ = 1 to rounding, or so nearly that the residual stays above 1e-6 ‖Q‖.
 */
export function solveDiscreteLyapunov(A: MatrixLike, Q: MatrixLike): number[][] {
  return solve('solveDiscreteLyapunov', 'discrete', A, Q);
}

function solve(where: string, time: Time, A: MatrixLike, Q: MatrixLike): number[][] {
  const a = toSquare(where, 'A', A);
  return lyapunovSolution(where, { time, A: a, Q: toSquare(where, 'Q', Q, a.rows) }).to2DArray();
}

/** The solution for matrices that are already copied and checked. */
export function lyapunovSolution(
  where: string,
  { time, A, Q, refinements = 2 }: { time: Time; A: Matrix; Q: Matrix; refinements?: number },
): Matrix {
  const schur = realSchur(where, Float64Array.from(A.to1DArray()), A.rows);
  checkSeparation(where, time, schur);
  const Z = Matrix.from1DArray(A.rows, A.rows, Array.from(schur.Z));
  const invert = (right: Matrix): Matrix => {
    const rotated = Z.transpose().mmul(right).mmul(Z).mul(-1);
    return Z.mmul(triangularSolution(schur, time, rotated)).mmul(Z.transpose());
  };
  let P = invert(Q);
  let residual = residualOf(time, { A, P, Q });
  for (let refinement = 0; refinement < refinements; refinement++) {
    const refined = Matrix.add(P, invert(residual));
    const next = residualOf(time, { A, P: refined, Q });
    if (!(next.norm() < residual.norm() / 2)) break;
    P = refined;
    residual = next;
  }
  if (!(residual.norm() <= 1e-6 * Q.norm())) {
    const got = `a relative residual of ${(residual.norm() / Q.norm()).toExponential(1)}`;
    throw illPosed(where, time, got);
  }
  return Q.isSymmetric() ? Matrix.add(P, P.transpose()).mul(0.5) : P;
}

/** Q + AᵀP + PA, or Q + AᵀPA - P. */
function residualOf(time: Time, { A, P, Q }: { A: Matrix; P: Matrix; Q: Matrix }): Matrix {
  const PA = P.mmul(A);
  if (time === 'discrete') return A.transpose().mmul(PA).sub(P).add(Q);
  return A.transpose().mmul(P).add(PA).add(Q);
}

/** The equation is singular exactly when λᵢ + λⱼ = 0 (continuous) or λᵢ λⱼ = 1 (discrete) for some pair. */
function checkSeparation(where: string, time: Time, { T, n }: RealSchur): void {
  const values = diagonalEigenvalues(T, n);
  const size = Math.max(...values.map(({ re, im }) => Math.hypot(re, im)));
  const tolerance = 10 * n * Number.EPSILON * (time === 'continuous' ? size : Math.max(1, size * size));
  for (const x of values) {
    for (const y of values) {
      const separation =
        time === 'continuous'
          ? Math.hypot(x.re + y.re, x.im + y.im)
          : Math.hypot(x.re * y.re - x.im * y.im - 1, x.re * y.im + x.im * y.re);
      if (separation <= tolerance)
        throw illPosed(where, time, `a pair that does, to ${separation.toExponential(1)}`);
    }
  }
}

function illPosed(where: string, time: Time, got: string): SingularSystemError {
  const expected = `no eigenvalues of A with ${time === 'continuous' ? 'λᵢ + λⱼ = 0' : 'λᵢ λⱼ = 1'}`;
  return new SingularSystemError(
    where,
    expected,
    got,
    'The equation has no unique solution; shift A or shorten the step.',
  );
}

/**
 * Y with TᵀY + YT = F, or TᵀYT - Y = F, for quasi-triangular T: block column by block column, and in each by forward
 * substitution with Tᵀ. Columns are kept as rows of arrays, so every inner loop runs along memory.
 */
function triangularSolution({ T, n, blocks }: RealSchur, time: Time, F: Matrix): Matrix {
  const Y: Float64Array[] = [];
  const sizes = blocks.map((start, i) => (blocks[i + 1] ?? n) - start);
  blocks.forEach((j, jBlock) => {
    const width = sizes[jBlock]!;
    const right = Array.from({ length: width }, (_, b) =>
      columnRight(T, time, { Y, n, F, j, column: j + b }),
    );
    const solved = Array.from({ length: width }, () => new Float64Array(n));
    blocks.forEach((i, iBlock) => {
      const height = sizes[iBlock]!;
      const X = smallSolution(T, n, { time, i, height, j, width, right });
      for (let a = 0; a < height; a++) {
        for (let b = 0; b < width; b++) solved[b]![i + a] = X[a * width + b]!;
      }
      // Take the solved block out of the rows below: right -= Tᵀ X, or Tᵀ X T_jj.
      for (let a = 0; a < height; a++) {
        for (let b = 0; b < width; b++) {
          let factor = time === 'continuous' ? X[a * width + b]! : 0;
          for (let c = 0; time === 'discrete' && c < width; c++) {
            factor += X[a * width + c]! * T[(j + c) * n + j + b]!;
          }
          const column = right[b]!;
          for (let m = i + height, at = (i + a) * n + m; m < n; m++, at++)
            column[m] = column[m]! - factor * T[at]!;
        }
      }
    });
    Y.push(...solved);
  });
  return new Matrix(Y.map((column) => Array.from(column))).transpose();
}

/** Column `column` of F - Y T (continuous) or F - Tᵀ Y T (discrete), over the columns of Y before block j. */
function columnRight(
  T: Float64Array,
  time: Time,
  { Y, n, F, j, column }: { Y: Float64Array[]; n: number; F: Matrix; j: number; column: number },
): Float64Array {
  const right = Float64Array.from({ length: n }, (_, i) => F.get(i, column));
  const known = new Float64Array(n);
  for (let k = 0; k < j; k++) {
    const t = T[k * n + column]!;
    const y = Y[k]!;
    if (t !== 0) for (let i = 0; i < n; i++) known[i] = known[i]! + y[i]! * t;
  }
  if (time === 'continuous') return right.map((x, i) => x - known[i]!);
  for (let k = 0; k < n; k++) {
    const y = known[k]!;
    for (let i = Math.max(0, k - 1), at = k * n + i; i < n; i++, at++) right[i] = right[i]! - T[at]! * y;
  }
  return right;
}

interface SmallSystem {
  readonly time: Time;
  readonly i: number;
  readonly height: number;
  readonly j: number;
  readonly width: number;
  readonly right: readonly Float64Array[];
}

/** The height x width block X of one diagonal pair, row-major: at most four unknowns. */
function smallSolution(
  T: Float64Array,
  n: number,
  { time, i, height, j, width, right }: SmallSystem,
): Float64Array {
  const size = height * width;
  const K = Array.from({ length: size }, () => new Float64Array(size + 1));
  for (let a = 0; a < height; a++) {
    for (let b = 0; b < width; b++) {
      const row = K[a * width + b]!;
      row[size] = right[b]![i + a]!;
      for (let c = 0; c < height; c++) {
        for (let d = 0; d < width; d++) {
          const left = T[(i + c) * n + i + a]!;
          const tail = T[(j + d) * n + j + b]!;
          row[c * width + d] =
            time === 'continuous'
              ? (b === d ? left : 0) + (a === c ? tail : 0)
              : left * tail - (a === c && b === d ? 1 : 0);
        }
      }
    }
  }
  return eliminate(K);
}

/** Gaussian elimination with partial pivoting on [K | right]. */
function eliminate(K: Float64Array[]): Float64Array {
  const size = K.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(K[i]![k]!) > Math.abs(K[pivot]![k]!)) pivot = i;
    [K[k], K[pivot]] = [K[pivot]!, K[k]!];
    for (let i = k + 1; i < size; i++) {
      const factor = K[i]![k]! / K[k]![k]!;
      for (let j = k; j <= size; j++) K[i]![j] = K[i]![j]! - factor * K[k]![j]!;
    }
  }
  const x = new Float64Array(size);
  for (let k = size - 1; k >= 0; k--) {
    let sum = K[k]![size]!;
    for (let j = k + 1; j < size; j++) sum -= K[k]![j]! * x[j]!;
    x[k] = sum / K[k]![k]!;
  }
  return x;
}
