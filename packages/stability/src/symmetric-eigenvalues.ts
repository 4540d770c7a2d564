import { ConvergenceError } from './errors.js';

/**
 * The eigenvalues of a symmetric matrix without vectors: Householder reduction to tridiagonal form (2n³ operations), then
 * implicit QL with Wilkinson's shift (of order n²). Each is within about n·ε·‖S‖ of the true one.
 *
 * ml-matrix's routine always accumulates vectors, which takes several times as long, and does not bound its iterations.
 *
 * Golub and Van Loan, Matrix Computations (4th ed.), sections 8.3.1 and 8.3.5.
 *
 * @param S row by row, n x n, symmetric and finite; not changed.
 * @returns in no order.
 * @throws ConvergenceError when an eigenvalue does not settle in 60 sweeps (not seen on finite input).
 */
export function symmetricEigenvaluesByQL(S: Float64Array, n: number): Float64Array {
  // Entries of size 1, so that no square overflows or vanishes.
  const scale = S.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  if (scale === 0) return new Float64Array(n);
  const { diagonal, beside } = tridiagonalise(
    S.map((x) => x / scale),
    n,
  );
  for (let k = 0; k < n; k++) settle(diagonal, beside, k);
  return diagonal.map((x) => scale * x);
}

/** A symmetric tridiagonal matrix: entry i beside the diagonal stands between diagonal entries i and i + 1. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
}

/** A tridiagonal matrix with the same eigenvalues; S is overwritten. */
function tridiagonalise(S: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    diagonal[k] = S[k * n + k]!;
    if (k === n - 1) break;
    let tail = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = S[k * n + i]!;
      if (i > k + 1) tail += v[i]! * v[i]!;
    }
    const first = v[k + 1]!;
    if (tail === 0) {
      beside[k] = first;
      continue;
    }
    // I - βvvᵀ takes the column below the diagonal to a multiple of the first unit vector.
    const length = Math.sqrt(first * first + tail) * (first < 0 ? -1 : 1);
    beside[k] = -length;
    v[k + 1] = first + length;
    reflect(S, n, { from: k + 1, v, p, beta: 2 / (v[k + 1]! * v[k + 1]! + tail) });
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

/** QL sweeps until the entry beside diagonal entry k is negligible; that entry is then an eigenvalue. */
function settle(d: Float64Array, e: Float64Array, k: number): void {
  for (let sweep = 0; sweep < 60; sweep++) {
    let end = k;
    while (end < d.length - 1 && !negligible(d, e, end)) end++;
    if (end === k) return;
    sweepQL(d, e, { first: k, end });
  }
  throw new ConvergenceError(
    'symmetricEigenvalues',
    'the QL algorithm to converge',
    `eigenvalue ${k} unsettled after 60 sweeps`,
    'Scale the matrix, or report it.',
  );
}

const negligible = (d: Float64Array, e: Float64Array, i: number): boolean =>
  Math.abs(e[i]!) <= Number.EPSILON * (Math.abs(d[i]!) + Math.abs(d[i + 1]!));

/** One implicit QL sweep on rows first to end: rotations that chase a bulge upwards, shifted towards an eigenvalue. */
function sweepQL(d: Float64Array, e: Float64Array, { first, end }: { first: number; end: number }): void {
  const half = (d[first + 1]! - d[first]!) / (2 * e[first]!);
  const root = Math.sqrt(half * half + 1);
  // Wilkinson's shift, the eigenvalue of the leading 2 x 2 block nearer to d[first].
  let g = d[end]! - d[first]! + e[first]! / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = end - 1; i >= first; i--) {
    const f = sine * e[i]!;
    const b = cosine * e[i]!;
    const r = Math.sqrt(f * f + g * g);
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
  }
  d[first]! -= shift;
  e[first] = g;
  e[end] = 0;
}
