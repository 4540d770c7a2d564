import type { Matrix } from 'ml-matrix';
import type { Complex } from './matrix.js';

/** The transfer matrix G(s) = C (sI - A)⁻¹ B + D, A Hurwitz. */
export interface StateSpace {
  readonly A: Matrix;
  readonly B: Matrix;
  readonly C: Matrix;
  readonly D: Matrix;
}

/** A complex n x n matrix, row-major in two parts. */
export interface ComplexMatrix {
  readonly n: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** G(s), by complex Gaussian elimination with partial pivoting on sI - A. About 13 n³ real flops. */
export function responseAt({ A, B, C, D }: StateSpace, s: Complex): ComplexMatrix {
  const n = A.rows;
  const K: ComplexMatrix = {
    n,
    re: Float64Array.from(A.to1DArray(), (x, at) => (at % (n + 1) === 0 ? s.re : 0) - x),
    im: Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? s.im : 0)),
  };
  const X: ComplexMatrix = { n, re: Float64Array.from(B.to1DArray()), im: new Float64Array(n * n) };
  eliminate(K, X);
  backSubstitute(K, X);
  const c = C.to1DArray();
  return { n, re: product(c, X.re, D.to1DArray()), im: product(c, X.im, new Array<number>(n * n).fill(0)) };
}

/** row `to` of M -= (fr + i fi) row `from` of M, from column `start` on. */
function subtractRow(
  { n, re, im }: ComplexMatrix,
  { to, from, start, fr, fi }: { to: number; from: number; start: number; fr: number; fi: number },
): void {
  for (let j = start, p = from * n + start, q = to * n + start; j < n; j++, p++, q++) {
    re[q] = re[q]! - (fr * re[p]! - fi * im[p]!);
    im[q] = im[q]! - (fr * im[p]! + fi * re[p]!);
  }
}

function eliminate(K: ComplexMatrix, X: ComplexMatrix): void {
  const { n } = K;
  const size = (i: number, k: number) => Math.abs(K.re[i * n + k]!) + Math.abs(K.im[i * n + k]!);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (size(i, k) > size(pivot, k)) pivot = i;
    if (pivot !== k) for (const M of [K.re, K.im, X.re, X.im]) swapRows(M, n, [k, pivot]);
    for (let i = k + 1; i < n; i++) {
      if (size(i, k) === 0) continue;
      const [fr, fi] = quotient(K.re[i * n + k]!, K.im[i * n + k]!, [K.re[k * n + k]!, K.im[k * n + k]!]);
      subtractRow(K, { to: i, from: k, start: k + 1, fr, fi });
      subtractRow(X, { to: i, from: k, start: 0, fr, fi });
    }
  }
}

function backSubstitute(K: ComplexMatrix, X: ComplexMatrix): void {
  const { n } = K;
  for (let k = n - 1; k >= 0; k--) {
    const [gr, gi] = quotient(1, 0, [K.re[k * n + k]!, K.im[k * n + k]!]);
    for (let j = 0, p = k * n; j < n; j++, p++) {
      const x = X.re[p]!;
      X.re[p] = x * gr - X.im[p]! * gi;
      X.im[p] = x * gi + X.im[p]! * gr;
    }
    for (let i = 0; i < k; i++) {
      subtractRow(X, { to: i, from: k, start: 0, fr: K.re[i * n + k]!, fi: K.im[i * n + k]! });
    }
  }
}

function swapRows(M: Float64Array, n: number, [a, b]: readonly [number, number]): void {
  const row = M.slice(a * n, (a + 1) * n);
  M.copyWithin(a * n, b * n, (b + 1) * n);
  M.set(row, b * n);
}

function quotient(re: number, im: number, [cr, ci]: readonly [number, number]): [number, number] {
  const square = cr * cr + ci * ci;
  return [(re * cr + im * ci) / square, (im * cr - re * ci) / square];
}

/** C X + D, row-major square matrices. */
function product(C: readonly number[], X: Float64Array, D: readonly number[]): Float64Array {
  const n = Math.sqrt(X.length);
  const out = Float64Array.from(D);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const c = C[i * n + k]!;
      if (c === 0) continue;
      for (let j = 0, p = k * n, q = i * n; j < n; j++, p++, q++) out[q] = out[q]! + c * X[p]!;
    }
  }
  return out;
}

/** The largest singular value of diag(d) G diag(d)⁻¹, with its singular vectors as [Re; Im]. */
export interface TopSingular {
  readonly value: number;
  readonly u: Float64Array;
  readonly v: Float64Array;
}

/** How far to take the power iteration. */
interface PowerOptions {
  readonly d?: readonly number[];
  /** Start, overwritten: passing the vector of a nearby d saves most of the work. */
  readonly v?: Float64Array;
  /** Relative change at which it stops. */
  readonly tolerance?: number;
  /** It also stops once σ_max is known to be above this. */
  readonly above?: number;
  readonly iterations?: number;
}

/** Power iteration on GᴴG: approaches σ_max from below, so a value above 1 is a proof that the gain is. */
export function topSingular(
  { n, re, im }: ComplexMatrix,
  { d, v = startVector(n), tolerance = 1e-10, above = Infinity, iterations = 200 }: PowerOptions = {},
): TopSingular {
  const u = new Float64Array(2 * n);
  const scaled = new Float64Array(2 * n);
  const w = new Float64Array(2 * n);
  const weight = (i: number) => (d === undefined ? 1 : d[i]!);
  let value = 0;
  for (let iteration = 0; iteration < iterations; iteration++) {
    normalise(v);
    for (let j = 0; j < n; j++) {
      scaled[j] = v[j]! / weight(j);
      scaled[n + j] = v[n + j]! / weight(j);
    }
    w.fill(0);
    for (let i = 0; i < n; i++) {
      let ur = 0;
      let ui = 0;
      for (let j = 0, at = i * n; j < n; j++, at++) {
        ur += re[at]! * scaled[j]! - im[at]! * scaled[n + j]!;
        ui += re[at]! * scaled[n + j]! + im[at]! * scaled[j]!;
      }
      ur *= weight(i);
      ui *= weight(i);
      u[i] = ur;
      u[n + i] = ui;
      ur *= weight(i);
      ui *= weight(i);
      for (let j = 0, at = i * n; j < n; j++, at++) {
        w[j] = w[j]! + re[at]! * ur + im[at]! * ui;
        w[n + j] = w[n + j]! + re[at]! * ui - im[at]! * ur;
      }
    }
    const next = normalise(u);
    const settled = Math.abs(next - value) <= tolerance * next || next > above;
    value = next;
    if (settled || iteration === iterations - 1) break;
    for (let j = 0; j < n; j++) {
      v[j] = w[j]! / weight(j);
      v[n + j] = w[n + j]! / weight(j);
    }
  }
  return { value, u, v };
}

/** A fixed start without special directions. */
export const startVector = (n: number): Float64Array =>
  Float64Array.from({ length: 2 * n }, (_, i) => 1 + Math.sin(i + 1));

/** Scales to length 1 in place and returns the length it had. */
function normalise(v: Float64Array): number {
  let square = 0;
  for (let i = 0; i < v.length; i++) square += v[i]! * v[i]!;
  const length = Math.sqrt(square);
  if (length > 0) for (let i = 0; i < v.length; i++) v[i] = v[i]! / length;
  return length;
}
