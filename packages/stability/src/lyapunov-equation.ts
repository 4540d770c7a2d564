import { Matrix } from 'ml-matrix';
import { balance } from './balance.js';
import { SingularSystemError, StabilityError } from './errors.js';
import { exponentOf, largestExponent, timesPowerOfTwo } from './float64-range.js';
import { irreducibleBlocks } from './irreducible-blocks.js';
import { type Complex, frobenius, type MatrixLike, scaledBy, toSquare } from './matrix.js';
import { checkOptions } from './options.js';
import { diagonalEigenvalues, type RealSchur, realSchur } from './schur.js';

/** 'continuous': AᵀP + PA = -Q, of a flow. 'discrete': AᵀPA - P = -Q, of a map. */
export type LyapunovTime = 'continuous' | 'discrete';

/** The solution of a Lyapunov equation, and how far to trust it. */
export interface LyapunovSolution {
  readonly P: number[][];
  /** ‖AᵀP + PA + Q‖ / (2‖A‖‖P‖ + ‖Q‖), or ‖AᵀPA - P + Q‖ / (‖A‖²‖P‖ + ‖P‖ + ‖Q‖): of order ε, in Frobenius norms. */
  readonly residual: number;
  /**
   * How much relative changes of A and Q grow in P, to first order: (2‖A‖‖P‖ + ‖Q‖) ‖L⁻¹‖ / ‖P‖ with L(P) = AᵀP + PA, and
   * likewise for the map. P has about log₁₀ condition digits fewer than float64's 16. A bound by norms, from an estimate of
   * ‖L⁻¹‖ from below that is seldom far off, both after balancing: entries of a graded or triangular problem can be better than it says.
   */
  readonly condition: number;
}

/**
 * P with AᵀP + PA = -Q, by Bartels and Stewart's method (1972) on the real Schur form of A, permuted and balanced first.
 *
 * Solvable for every A without two eigenvalues λᵢ + λⱼ = 0, stable or not; P is symmetric when Q is, and positive
 * definite when A is Hurwitz and Q positive definite. About 40 n³ flops. How far to trust P: `solveLyapunovWithCondition`.
 *
 * @returns P, n x n; its residual is at most 1e-10 (2‖A‖ ‖P‖ + ‖Q‖) (checked), in practice a few n ε.
 * @throws StabilityError when A or Q is not a finite square matrix, their sizes differ, or P is beyond float64's range.
 * @throws SingularSystemError when λᵢ + λⱼ = 0 to working precision: to 2 n ε times the norms of the balanced irreducible
 * blocks of A that hold them.
 */
export function solveLyapunov(A: MatrixLike, Q: MatrixLike): number[][] {
  return solve('solveLyapunov', { time: 'continuous', A, Q }).P.to2DArray();
}

/**
 * P with AᵀPA - P = -Q, by Bartels and Stewart's method on the real Schur form of A (Barraud 1977), permuted and balanced
 * first.
 *
 * Solvable for every A without two eigenvalues λᵢ λⱼ = 1; P is symmetric when Q is, and positive definite when A's
 * spectral radius is below 1 and Q is positive definite. How far to trust P: `solveLyapunovWithCondition`.
 *
 * @returns P, n x n; its residual is at most 1e-10 (‖A‖² ‖P‖ + ‖P‖ + ‖Q‖) (checked).
 * @throws StabilityError when A or Q is not a finite square matrix, their sizes differ, or P is beyond float64's range.
 * @throws SingularSystemError when λᵢ λⱼ = 1 to working precision.
 */
export function solveDiscreteLyapunov(A: MatrixLike, Q: MatrixLike): number[][] {
  return solve('solveDiscreteLyapunov', { time: 'discrete', A, Q }).P.to2DArray();
}

/**
 * The solution of `solveLyapunov` (time 'continuous') or `solveDiscreteLyapunov` ('discrete') with its residual and
 * condition, which takes about three times as long; throws as they do.
 */
export function solveLyapunovWithCondition(input: {
  A: MatrixLike;
  Q: MatrixLike;
  time?: LyapunovTime;
}): LyapunovSolution {
  const where = 'solveLyapunovWithCondition';
  checkOptions(where, input, { A: true, Q: true, time: true });
  const { A, Q, time = 'continuous' } = input;
  if (time !== 'continuous' && time !== 'discrete') {
    throw new StabilityError(where, "time to be 'continuous' or 'discrete'", String(time), 'Change time.');
  }
  const { P, residual, condition } = solve(where, { time, A, Q });
  return { P: P.to2DArray(), residual, condition: condition() };
}

interface Solved {
  readonly P: Matrix;
  readonly residual: number;
  condition(): number;
}

function solve(where: string, { time, A, Q }: { time: LyapunovTime; A: MatrixLike; Q: MatrixLike }): Solved {
  const a = toSquare(where, 'A', A);
  return solved(where, { time, A: a, Q: toSquare(where, 'Q', Q, a.rows) });
}

interface Equation {
  readonly time: LyapunovTime;
  readonly A: Matrix;
  readonly Q: Matrix;
  readonly refinements?: number;
}

/** The solution for matrices that are already copied and checked. */
export const lyapunovSolution = (where: string, equation: Equation): Matrix => solved(where, equation).P;

/**
 * Scales A to size 1 and Q likewise. The flow's equation stays as it is; the map's becomes AᵀPA - τP = -Q, with τ = 1 as
 * long as A is not large, so that AᵀPA cannot overflow.
 */
function solved(where: string, { time, A, Q, refinements = 2 }: Equation): Solved {
  const form = reduced(where, A);
  const exponent = time === 'continuous' ? form.exponent : Math.max(0, form.exponent);
  const by = form.exponent - exponent;
  const problem: Reduced = {
    ...{ time, tau: timesPowerOfTwo(1, -2 * exponent), A: scaledBy(form.B, by), Z: form.Z },
    schur: { ...form.schur, T: form.schur.T.map((x) => timesPowerOfTwo(x, by)) },
  };
  checkSeparation(where, problem, { scales: form.scales.map((x) => timesPowerOfTwo(x, by)), exponent });

  const sizeOfQ = largestExponent(Q.to1DArray());
  const inward = form.inward(Q, -sizeOfQ);
  const sizeOfF = largestExponent(inward.to1DArray());
  const F = scaledBy(inward, -sizeOfF);
  let P = invert(problem, F);
  let residual = residualOf(problem, P, F);
  let error = refinements === 0 ? 0 : componentwise(problem, residual, { P, Q: F });
  for (let refinement = 0; refinement < refinements && error > Number.EPSILON; refinement++) {
    const refined = Matrix.add(P, invert(problem, residual));
    const rest = residualOf(problem, refined, F);
    const next = componentwise(problem, rest, { P: refined, Q: F });
    if (!(next < error / 2)) break;
    [P, residual, error] = [refined, rest, next];
  }
  if (Q.isSymmetric()) P = Matrix.add(P, P.transpose()).mul(0.5);
  const outward = form.outward(P, sizeOfQ + sizeOfF - (time === 'continuous' ? exponent : 2 * exponent));
  if (!outward.to1DArray().every(Number.isFinite)) {
    const fix = 'Choose larger units for the state, or a smaller Q.';
    throw new StabilityError(where, 'P within the range of float64', 'a larger entry', fix);
  }
  const size = sizeOfTerms(problem, P, F);
  const relative = size === 0 ? 0 : frobenius(residual) / size;
  if (!(relative <= 1e-10)) {
    throw illPosed(where, time, `a solution with a relative residual of ${relative.toExponential(1)}`);
  }
  const condition = () => (size * inverseNorm(problem)) / (frobenius(P) || 1);
  return { P: outward, residual: relative, condition };
}

/** A with its indices permuted and scaled: Aₚ = 2^exponent · D B D⁻¹, and B = Z T Zᵀ. */
interface Form {
  readonly B: Matrix;
  readonly Z: Matrix;
  readonly schur: RealSchur;
  readonly exponent: number;
  /** For each index, the norm of the irreducible block of B that holds it: its eigenvalue is uncertain in proportion. */
  readonly scales: readonly number[];
  /** D Qₚ D·2^k: the right-hand side for B. */
  inward(Q: Matrix, k: number): Matrix;
  /** D⁻¹ P D⁻¹·2^k with its indices put back. */
  outward(P: Matrix, k: number): Matrix;
}

/** How far the scaling of an index may go: D scales P by its square. */
const MOST = 500;

function reduced(where: string, A: Matrix): Form {
  const n = A.rows;
  const entries = A.to2DArray();
  const order: number[] = [];
  const d: number[] = [];
  const blocks = irreducibleBlocks(Float64Array.from(entries.flat()), n);
  const balanced = blocks.map((block) => {
    const part = Float64Array.from(block.flatMap((i) => block.map((j) => entries[i]![j]!)));
    return balance(part, block.length);
  });
  const sizeOfBlocks = Math.max(
    ...balanced.map(({ exponent, B }) => (B.some((x) => x !== 0) ? exponent : -Infinity)),
  );
  const limit = sizeOfBlocks === -Infinity ? 0 : sizeOfBlocks;
  blocks.forEach((block, k) => {
    // Units of the whole block in which what couples it to those before is no larger than the blocks.
    const own = balanced[k]!.d;
    let offset = -Math.round(own.reduce((sum, x) => sum + x, 0) / own.length);
    order.forEach((i, p) => {
      block.forEach((j, q) => {
        const x = entries[i]![j]!;
        if (x !== 0) offset = Math.min(offset, limit - exponentOf(x) + d[p]! - own[q]!);
      });
    });
    order.push(...block);
    d.push(...Array.from(own, (x) => Math.max(-MOST, Math.min(MOST, x + offset))));
  });
  let largest = -Infinity;
  order.forEach((i, p) => {
    order.forEach((j, q) => {
      const x = entries[i]![j]!;
      if (x !== 0) largest = Math.max(largest, exponentOf(x) + d[q]! - d[p]!);
    });
  });
  const exponent = largest === -Infinity ? 0 : largest;
  const B = new Matrix(
    order.map((i, p) => order.map((j, q) => timesPowerOfTwo(entries[i]![j]!, d[q]! - d[p]! - exponent))),
  );
  const schur = realSchur(where, Float64Array.from(B.to1DArray()), n);
  const starts = blocks.map((_, k) => blocks.slice(0, k).reduce((sum, block) => sum + block.length, 0));
  const scales = blocks.flatMap(({ length }, k) => {
    const [from, to] = [starts[k]!, starts[k]! + length - 1];
    return new Array<number>(length).fill(frobenius(B.subMatrix(from, to, from, to)));
  });
  const place = Array.from(order.keys()).sort((p, q) => order[p]! - order[q]!);
  return {
    ...{ B, schur, exponent, scales, Z: Matrix.from1DArray(n, n, Array.from(schur.Z)) },
    inward: (Q, k) =>
      new Matrix(order.map((i, p) => order.map((j, q) => timesPowerOfTwo(Q.get(i, j), k + d[p]! + d[q]!)))),
    outward: (P, k) =>
      new Matrix(place.map((p) => place.map((q) => timesPowerOfTwo(P.get(p, q), k - d[p]! - d[q]!)))),
  };
}

interface Reduced {
  readonly time: LyapunovTime;
  /** What P is multiplied by in the map's equation. */
  readonly tau: number;
  readonly A: Matrix;
  readonly Z: Matrix;
  readonly schur: RealSchur;
}

/** P with L(P) = -Q. */
function invert({ time, tau, Z, schur }: Reduced, Q: Matrix): Matrix {
  const rotated = Z.transpose().mmul(Q).mmul(Z).mul(-1);
  return Z.mmul(triangularSolution(schur, { time, tau }, rotated)).mmul(Z.transpose());
}

/** L(P) + Q. */
function residualOf({ time, tau, A }: Omit<Reduced, 'Z' | 'schur'>, P: Matrix, Q: Matrix): Matrix {
  const PA = P.mmul(A);
  if (time === 'continuous') return A.transpose().mmul(P).add(PA).add(Q);
  return A.transpose().mmul(PA).sub(Matrix.mul(P, tau)).add(Q);
}

/** The largest entry of the residual relative to the terms of that entry: the same in whatever units states are measured. */
function componentwise(
  { time, tau, A }: Reduced,
  residual: Matrix,
  { P, Q }: { P: Matrix; Q: Matrix },
): number {
  const sizes = { time, tau: -tau, A: Matrix.abs(A) };
  const terms = residualOf(sizes, Matrix.abs(P), Matrix.abs(Q)).to1DArray();
  return residual
    .to1DArray()
    .reduce((most, x, at) => (x === 0 ? most : Math.max(most, Math.abs(x) / terms[at]!)), 0);
}

/** The size of the terms that cancel in the equation. */
function sizeOfTerms({ time, tau, A }: Reduced, P: Matrix, Q: Matrix): number {
  const a = frobenius(A);
  return (time === 'continuous' ? 2 * a : a * a + tau) * frobenius(P) + frobenius(Q);
}

/** ‖L⁻¹‖₂, from below, by the power method on L⁻¹ and its adjoint. */
function inverseNorm({ time, tau, schur }: Reduced): number {
  const { n, T } = schur;
  // The adjoint has T and Tᵀ exchanged: in reversed order of indices it is an equation of the same form.
  const sizes = schur.blocks.map((start, i) => (schur.blocks[i + 1] ?? n) - start);
  const starts: number[] = [];
  sizes.reverse().reduce((start, size) => {
    starts.push(start);
    return start + size;
  }, 0);
  const reversed = T.map((_, at) => T[(n - 1 - (at % n)) * n + n - 1 - Math.floor(at / n)]!);
  const adjoint: RealSchur = { ...schur, T: reversed, blocks: starts };
  const flip = (M: Matrix) =>
    new Matrix(
      M.to2DArray()
        .reverse()
        .map((row) => row.reverse()),
    );
  let X = Matrix.from1DArray(
    n,
    n,
    Array.from({ length: n * n }, (_, at) => 1 + Math.sin(at + 1)),
  );
  let norm = 0;
  for (let round = 0; round < 12; round++) {
    X.div(frobenius(X));
    const forward = triangularSolution(schur, { time, tau }, X);
    const next = frobenius(forward);
    if (!Number.isFinite(next) || next === 0) return next === 0 ? 0 : Infinity;
    const settled = next <= 1.01 * norm;
    norm = Math.max(norm, next);
    if (settled) break;
    X = flip(triangularSolution(adjoint, { time, tau }, flip(forward.div(next))));
  }
  return norm;
}

/**
 * The equation is singular exactly when λᵢ + λⱼ = 0 (continuous) or λᵢ λⱼ = 1 (discrete) for some pair: refused when that
 * holds within the rounding errors of the two eigenvalues.
 */
function checkSeparation(
  where: string,
  { time, tau, schur }: Reduced,
  { scales, exponent }: { scales: readonly number[]; exponent: number },
): void {
  const values = diagonalEigenvalues(schur.T, schur.n);
  const unit = 2 * schur.n * Number.EPSILON;
  values.forEach((x, i) => {
    for (let j = i; j < values.length; j++) {
      const y = values[j]!;
      const [separation, size] =
        time === 'continuous'
          ? [Math.hypot(x.re + y.re, x.im + y.im), scales[i]! + scales[j]!]
          : [
              Math.hypot(x.re * y.re - x.im * y.im - tau, x.re * y.im + x.im * y.re),
              scales[i]! * Math.hypot(y.re, y.im) + scales[j]! * Math.hypot(x.re, x.im),
            ];
      if (separation > unit * size || (time === 'discrete' && size === 0)) continue;
      throw illPosed(where, time, [x, y].map((each) => show(each, exponent)).join(' and '));
    }
  });
}

const show = (value: Complex, exponent: number): string => {
  const [re, im] = [value.re, Math.abs(value.im)].map((x) => timesPowerOfTwo(x, exponent).toPrecision(6));
  return im === '0.00000' ? re! : `${re} ${value.im < 0 ? '-' : '+'} ${im}i`;
};

function illPosed(where: string, time: LyapunovTime, got: string): SingularSystemError {
  const expected = `no eigenvalues of A with ${time === 'continuous' ? 'λᵢ + λⱼ = 0' : 'λᵢ λⱼ = 1'}`;
  return new SingularSystemError(
    where,
    expected,
    got,
    'To working precision the equation has no unique solution; shift A or shorten the step.',
  );
}

/**
 * Y with TᵀY + YT = F, or TᵀYT - τY = F, for quasi-triangular T: block column by block column, and in each by forward
 * substitution with Tᵀ. Columns are kept as rows of arrays, so every inner loop runs along memory.
 */
function triangularSolution(
  { T, n, blocks }: RealSchur,
  { time, tau }: { time: LyapunovTime; tau: number },
  F: Matrix,
): Matrix {
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
      const X = smallSolution(T, n, { time, tau, i, height, j, width, right });
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
  time: LyapunovTime,
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
  readonly time: LyapunovTime;
  readonly tau: number;
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
  { time, tau, i, height, j, width, right }: SmallSystem,
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
              : left * tail - (a === c && b === d ? tau : 0);
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
