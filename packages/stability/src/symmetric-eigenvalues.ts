import { ConvergenceError } from './errors.js';

/** S = V diag(values) Vᵀ: column j of V belongs to value j; in no order. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** Row j is the vector of value j, of length 1. */
  readonly vectors: readonly Float64Array[];
}

/**
 * The eigenvalues of a symmetric matrix without vectors: Householder reduction to tridiagonal form (2n³ operations), then
 * implicit QL with Wilkinson's shift (of order n²). Each is within about n·ε·‖S‖ of the true one.
 *
 * ml-matrix's routine always accumulates vectors, which takes several times as long, and does not bound its iterations.
 *
 * Golub and Van Loan, Matrix Computations (4th ed.), sections 8.3.1 and 8.3.5.
 *
 * @param where public function on whose behalf this runs, for the error.
 * @param S row by row, n x n, symmetric, its largest entry of size 1; not changed.
 * @returns in no order.
 * @throws ConvergenceError when an eigenvalue does not settle in 60 sweeps (not seen on finite input).
 */
export function symmetricEigenvaluesByQL(where: string, S: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonalise(S.slice(), n);
  for (let k = 0; k < n; k++) settle(where, { d: diagonal, e: beside }, k);
  return diagonal;
}

/** The same with orthonormal eigenvectors: about 9n³ operations. */
export function symmetricEigenByQL(where: string, S: Float64Array, n: number): SymmetricEigen {
  const vectors = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => +(i === j)));
  const { diagonal, beside } = tridiagonalise(S.slice(), n, vectors);
  for (let k = 0; k < n; k++) settle(where, { d: diagonal, e: beside, vectors }, k);
  return { values: diagonal, vectors };
}

/** A symmetric tridiagonal matrix: entry i beside the diagonal stands between diagonal entries i and i + 1. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
}

/** A tridiagonal matrix with the same eigenvalues; S is overwritten, and the change of basis applied to `vectors`. */
function tridiagonalise(S: Float64Array, n: number, vectors: readonly Float64Array[] = []): Tridiagonal {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  const reflections: { from: number; v: Float64Array; beta: number }[] = [];
  for (let k = 0; k < n; k++) {
    diagonal[k] = S[k * n + k]!;
    if (k === n - 1) break;
    let largest = 0;
    for (let i = k + 2; i < n; i++) largest = Math.max(largest, Math.abs(S[k * n + i]!));
    if (largest === 0) {
      beside[k] = S[k * n + k + 1]!;
      continue;
    }
    // I - βvvᵀ takes the column below the diagonal to a multiple of the first unit vector.
    const scale = Math.max(largest, Math.abs(S[k * n + k + 1]!));
    let tail = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = S[k * n + i]! / scale;
      if (i > k + 1) tail += v[i]! * v[i]!;
    }
    const first = v[k + 1]!;
    const signed = Math.sqrt(first * first + tail) * (first < 0 ? -1 : 1);
    beside[k] = -signed * scale;
    v[k + 1] = first + signed;
    const beta = 2 / (v[k + 1]! * v[k + 1]! + tail);
    reflect(S, n, { from: k + 1, v, p, beta });
    if (vectors.length > 0) reflections.push({ from: k + 1, v: v.slice(), beta });
  }
  // Row j of `vectors` becomes Q eⱼ, Q the product of the reflections.
  for (const { from, v: u, beta } of reflections.reverse()) {
    for (const vector of vectors) {
      let dot = 0;
      for (let i = from; i < n; i++) dot += u[i]! * vector[i]!;
      if (dot === 0) continue;
      dot *= beta;
      for (let i = from; i < n; i++) vector[i]! -= dot * u[i]!;
    }
  }
  return { diagonal, beside };
}

interface Reflection {
  /** First row and column that it touches. */
  readonly from: number;
  readonly v: Float64Array;
  /** Room for the product S v. */
  readonly p: Float64Array;
  readonly beta: number;
}

/** S ← (I - βvvᵀ) S (I - βvvᵀ), as a symmetric change of rank 2. */
function reflect(S: Float64Array, n: number, { from, v, p, beta }: Reflection): void {
  let along = 0;
  for (let i = from; i < n; i++) {
    const row = i * n;
    let sum = 0;
    for (let j = from; j < n; j++) sum += S[row + j]! * v[j]!;
    p[i] = beta * sum;
    along += p[i]! * v[i]!;
  }
  for (let i = from; i < n; i++) p[i]! -= 0.5 * beta * along * v[i]!;
  for (let i = from; i < n; i++) {
    const row = i * n;
    const vi = v[i]!;
    const pi = p[i]!;
    for (let j = from; j < n; j++) S[row + j]! -= vi * p[j]! + pi * v[j]!;
  }
}

/** The state of the QL iteration. */
interface Iteration {
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly vectors?: readonly Float64Array[];
}

/** QL sweeps until the entry beside diagonal entry k is negligible; that entry is then an eigenvalue. */
function settle(where: string, iteration: Iteration, k: number): void {
  const { d, e } = iteration;
  for (let sweep = 0; sweep < 60; sweep++) {
    // An entry that will not fall below its neighbours in a graded matrix may be dropped when it is rounding of the whole.
    const least = sweep < 20 ? TINY : Number.EPSILON / 2;
    let end = k;
    while (end < d.length - 1 && !negligible(d, e, { at: end, least })) end++;
    if (end === k) return;
    sweepQL(iteration, { first: k, end });
  }
  const got = `eigenvalue ${k} unsettled after 60 sweeps`;
  throw new ConvergenceError(where, 'the QL algorithm to converge', got, 'Please report this matrix.');
}

/** Negligible in any matrix of size 1; rounding in the range of subnormal numbers stays below it. */
const TINY = 2 ** -970;

const negligible = (
  d: Float64Array,
  e: Float64Array,
  { at, least }: { at: number; least: number },
): boolean => Math.abs(e[at]!) <= Math.max(Number.EPSILON * (Math.abs(d[at]!) + Math.abs(d[at + 1]!)), least);

/** One implicit QL sweep on rows first to end: rotations that chase a bulge upwards, shifted towards an eigenvalue. */
function sweepQL({ d, e, vectors }: Iteration, { first, end }: { first: number; end: number }): void {
  const half = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const root = length(half, 1);
  // Wilkinson's shift, the eigenvalue of the leading 2 x 2 block nearer to d[first].
  let g = d[end]! - d[first]! + e[first]! / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = end - 1; i >= first; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = length(f, g);
    e[i + 1] = r;
    if (r === 0) {
      // The bulge vanished: the matrix splits here.
      d[i + 1]! -= shift;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shift;
    const t = (d[i]! - g) * sine + 2 * cosine * b;
    shift = sine * t;
    d[i + 1] = g + shift;
    g = cosine * t - b;
    if (vectors !== undefined) rotate(vectors[i]!, vectors[i + 1]!, { sine, cosine });
  }
  d[first]! -= shift;
  e[first] = g;
  e[end] = 0;
}

/** √(f² + g²): squares of small numbers would vanish, and a rotation made from them would not be one. */
function length(f: number, g: number): number {
  const square = f * f + g * g;
  if (square > 1e-280 && square < Infinity) return Math.sqrt(square);
  return Math.hypot(f, g);
}

function rotate(x: Float64Array, y: Float64Array, { sine, cosine }: { sine: number; cosine: number }): void {
  for (let k = 0; k < x.length; k++) {
    const f = y[k]!;
    y[k] = sine * x[k]! + cosine * f;
    x[k] = cosine * x[k]! - sine * f;
  }
}
