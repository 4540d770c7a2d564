import type { Matrix } from 'ml-matrix';
import { type Bidiagonal, bidiagonalise } from './bidiagonal.js';
import { ConvergenceError } from './errors.js';
import { largestExponent, timesPowerOfTwo } from './float64-range.js';

/** M = 2^exponent · U diag(values) Vᵀ, values from the largest; U and V as arrays of columns. */
export interface ScaledSVD {
  /** Of M / 2^exponent, whose largest entry is of size 1. */
  readonly values: number[];
  readonly exponent: number;
  readonly U?: readonly Float64Array[] | undefined;
  readonly V?: readonly Float64Array[] | undefined;
}

/**
 * The thin singular value decomposition: Householder bidiagonalisation, then the implicit QR iteration of Golub and Kahan
 * with zero shifts where a value is negligible. Each value is within about max(m, n)·ε·σ₁ of the true one, at every scale.
 *
 * ml-matrix's routine does not bound its iterations: on entries near the smallest numbers it never returns.
 *
 * Golub and Van Loan, Matrix Computations (4th ed.), section 8.6; Demmel and Kahan, SIAM J. Sci. Stat. Comput. 11, 1990.
 *
 * @param where public function on whose behalf this runs, for the error.
 * @throws ConvergenceError when the iteration does not settle (not seen on finite input).
 */
export function scaledSVD(where: string, matrix: Matrix, { vectors = false } = {}): ScaledSVD {
  const exponent = largestExponent(matrix.to1DArray());
  const wide = matrix.rows < matrix.columns;
  const lines = wide ? matrix.to2DArray() : matrix.transpose().to2DArray();
  const columns = lines.map((line) => Float64Array.from(line, (x) => timesPowerOfTwo(x, -exponent)));
  const form = bidiagonalise(columns, { vectors });
  diagonalise(where, form);
  const { diagonal, U, V } = form;
  const order = Array.from(diagonal.keys()).sort((i, j) => Math.abs(diagonal[j]!) - Math.abs(diagonal[i]!));
  diagonal.forEach((value, i) => {
    if (value < 0 && V !== undefined) V[i] = V[i]!.map((x) => -x);
  });
  const sorted = (vector?: Float64Array[]) => vector && order.map((i) => vector[i]!);
  const [left, right] = wide ? [V, U] : [U, V];
  return { values: order.map((i) => Math.abs(diagonal[i]!)), exponent, U: sorted(left), V: sorted(right) };
}

/** Negligible in any matrix of size 1; rounding in the range of subnormal numbers stays below it. */
const TINY = 2 ** -970;

/** Sweeps until nothing is left beside the diagonal. */
function diagonalise(where: string, form: Bidiagonal): void {
  const { diagonal: d, beside: e } = form;
  const limit = 60 * d.length;
  let sweeps = 0;
  for (let end = d.length - 1; end > 0; ) {
    // Entries that will not fall below their neighbours may be dropped when they are rounding of the whole.
    const least = sweeps < limit / 2 ? TINY : Number.EPSILON / 2;
    let first = end;
    while (first > 0 && !negligible(d, e, { at: first - 1, least })) first--;
    if (first > 0) e[first - 1] = 0;
    if (first === end) {
      end--;
      continue;
    }
    if (++sweeps > limit) {
      const got = `${end + 1} singular values unsettled after ${limit} sweeps`;
      throw new ConvergenceError(where, 'the QR iteration to converge', got, 'Please report this matrix.');
    }
    const shift = shiftOf(d, e, [first, end]);
    if (shift === 0) sweepWithoutShift(form, first, end);
    else sweepWithShift(form, [first, end], shift);
  }
}

const negligible = (
  d: Float64Array,
  e: Float64Array,
  { at, least }: { at: number; least: number },
): boolean => Math.abs(e[at]!) <= Math.max(Number.EPSILON * (Math.abs(d[at]!) + Math.abs(d[at + 1]!)), least);

/** The smaller singular value of the last 2 x 2 block; 0 where the block of B is singular to working precision. */
function shiftOf(d: Float64Array, e: Float64Array, [first, end]: readonly [number, number]): number {
  // A lower estimate of the smallest singular value (Demmel and Kahan, section 3).
  let estimate = Math.abs(d[first]!);
  let smallest = estimate;
  let largest = estimate;
  for (let i = first; i < end; i++) {
    const beside = Math.abs(e[i]!);
    if (estimate > 0) estimate = Math.abs(d[i + 1]!) * (estimate / (estimate + beside));
    smallest = Math.min(smallest, estimate);
    largest = Math.max(largest, beside, Math.abs(d[i + 1]!));
  }
  if (smallest <= Number.EPSILON * largest) return 0;
  const shift = smallerOfTwo(d[end - 1]!, e[end - 1]!, d[end]!);
  return (shift / d[first]!) ** 2 < Number.EPSILON ? 0 : shift;
}

/** The smaller singular value of [f, g; 0, h], as |f h| over the larger one. */
function smallerOfTwo(f: number, g: number, h: number): number {
  const scale = Math.max(Math.abs(f), Math.abs(g), Math.abs(h));
  const [a, b, c] = [Math.abs(f) / scale, Math.abs(g) / scale, Math.abs(h) / scale];
  const larger = (Math.hypot(a + c, b) + Math.hypot(a - c, b)) / 2;
  return a * (c / larger) * scale;
}

/** cosine, sine and length with [cosine, sine; -sine, cosine] (f, g) = (length, 0). */
function rotation(f: number, g: number): [number, number, number] {
  if (g === 0) return [1, 0, f];
  const square = f * f + g * g;
  const length = square > 1e-280 ? Math.sqrt(square) : Math.hypot(f, g);
  return [f / length, g / length, length];
}

function sweepWithShift(
  { diagonal: d, beside: e, U, V }: Bidiagonal,
  [first, end]: readonly [number, number],
  shift: number,
): void {
  const top = d[first]!;
  let f = (Math.abs(top) - shift) * (Math.sign(top) + shift / top); // (top² - shift²)/|top| without cancellation
  let g = e[first]!;
  for (let i = first; i < end; i++) {
    const [cr, sr, r] = rotation(f, g);
    if (i > first) e[i - 1] = r;
    f = cr * d[i]! + sr * e[i]!;
    e[i] = cr * e[i]! - sr * d[i]!;
    g = sr * d[i + 1]!;
    d[i + 1] = cr * d[i + 1]!;
    const [cl, sl, l] = rotation(f, g);
    d[i] = l;
    f = cl * e[i]! + sl * d[i + 1]!;
    d[i + 1] = cl * d[i + 1]! - sl * e[i]!;
    if (i + 1 < end) {
      g = sl * e[i + 1]!;
      e[i + 1] = cl * e[i + 1]!;
    }
    if (V !== undefined) rotate(V, i, [cr, sr]);
    if (U !== undefined) rotate(U, i, [cl, sl]);
  }
  e[end - 1] = f;
}

/** The sweep with shift 0, without a subtraction: it keeps small values, and drives out a zero on the diagonal. */
function sweepWithoutShift({ diagonal: d, beside: e, U, V }: Bidiagonal, first: number, end: number): void {
  let [cr, sr, r] = [1, 0, 0];
  let [cl, sl, l] = [1, 0, 0];
  for (let i = first; i < end; i++) {
    [cr, sr, r] = rotation(d[i]! * cr, e[i]!);
    if (i > first) e[i - 1] = sl * r;
    [cl, sl, l] = rotation(cl * r, d[i + 1]! * sr);
    d[i] = l;
    if (V !== undefined) rotate(V, i, [cr, sr]);
    if (U !== undefined) rotate(U, i, [cl, sl]);
  }
  const h = d[end]! * cr;
  d[end] = h * cl;
  e[end - 1] = h * sl;
}

/** Columns i and i + 1 become c x + s y and c y - s x. */
function rotate(columns: Float64Array[], i: number, [c, s]: readonly [number, number]): void {
  const x = columns[i]!;
  const y = columns[i + 1]!;
  for (let k = 0; k < x.length; k++) {
    const [p, q] = [x[k]!, y[k]!];
    x[k] = c * p + s * q;
    y[k] = c * q - s * p;
  }
}
