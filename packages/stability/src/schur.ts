import { ConvergenceError } from './errors.js';
import { reduceToHessenberg } from './hessenberg.js';
import type { Complex } from './matrix.js';

/** A = Z T Zᵀ with Z orthogonal and T quasi-upper-triangular; row-major n x n. */
export interface RealSchur {
  readonly n: number;
  /** 1 x 1 diagonal blocks hold real eigenvalues, 2 x 2 ones a complex pair. */
  readonly T: Float64Array;
  readonly Z: Float64Array;
  /** Start of each diagonal block, in order. */
  readonly blocks: readonly number[];
}

/**
 * The real Schur form by the Francis double-shift QR algorithm.
 * Golub and Van Loan, Matrix Computations (4th ed.), section 7.5. About 25 n³ flops; backward stable.
 *
 * @param where public function on whose behalf this runs, for the error.
 * @param matrix row-major n x n entries, not changed.
 * @throws ConvergenceError when an eigenvalue does not settle in 60 sweeps (not seen on finite input).
 */
export function realSchur(where: string, matrix: Float64Array, n: number): RealSchur {
  const T = matrix.slice();
  const Z = new Float64Array(n * n);
  for (let i = 0; i < n; i++) Z[i * n + i] = 1;
  reduceToHessenberg(T, n, Z);
  iterate(where, T, n, Z);
  const blocks: number[] = [];
  for (let i = 0; i < n; i += isPair(T, n, i) ? 2 : 1) blocks.push(i);
  return { n, T, Z, blocks };
}

/** Eigenvalues alone: the same iteration on the active window only, without Z (about 10 n³ flops). */
export function eigenvaluesByQR(where: string, matrix: Float64Array, n: number): Complex[] {
  const H = matrix.slice();
  reduceToHessenberg(H, n);
  iterate(where, H, n);
  return diagonalEigenvalues(H, n);
}

/** Eigenvalues of a quasi-triangular matrix, read from its diagonal blocks. */
export function diagonalEigenvalues(T: Float64Array, n: number): Complex[] {
  const values: Complex[] = [];
  for (let i = 0; i < n; i++) {
    const a = T[i * n + i]!;
    if (!isPair(T, n, i)) {
      values.push({ re: a, im: 0 });
      continue;
    }
    const d = T[(i + 1) * n + i + 1]!;
    const half = (a - d) / 2;
    const im = Math.sqrt(Math.max(0, -(half * half + T[i * n + i + 1]! * T[(i + 1) * n + i]!)));
    values.push({ re: (a + d) / 2, im }, { re: (a + d) / 2, im: -im });
    i++;
  }
  return values;
}

const isPair = (T: Float64Array, n: number, i: number): boolean => i + 1 < n && T[(i + 1) * n + i] !== 0;

/** Deflates from the bottom until every diagonal block is 1 x 1 or a complex pair. */
function iterate(where: string, h: Float64Array, n: number, z?: Float64Array): void {
  let high = n - 1;
  let sweeps = 0;
  while (high > 0) {
    const low = deflate(h, n, high);
    if (low >= high - 1) {
      if (low === high - 1) splitRealPair(h, n, { at: low, z });
      high = low - 1;
      sweeps = 0;
      continue;
    }
    if (++sweeps > 60) {
      const fix = 'The matrix is likely close to overflow; rescale it.';
      throw new ConvergenceError(where, 'the QR algorithm to converge', 'no deflation in 60 sweeps', fix);
    }
    francisSweep(h, n, { low, high, exceptional: sweeps % 10 === 0, z });
  }
}

/** First row of the unreduced block that ends in `high`; the negligible subdiagonal above it is set to zero. */
function deflate(h: Float64Array, n: number, high: number): number {
  for (let i = high; i > 0; i--) {
    const scale =
      Math.abs(h[(i - 1) * n + i - 1]!) + Math.abs(h[i * n + i]!) || Math.abs(h[(i - 1) * n + i]!);
    if (Math.abs(h[i * n + i - 1]!) <= Number.EPSILON * scale) {
      h[i * n + i - 1] = 0;
      return i;
    }
  }
  return 0;
}

/** A 2 x 2 block with real eigenvalues is rotated to triangular form; a complex pair is left alone. */
function splitRealPair(
  h: Float64Array,
  n: number,
  { at, z }: { at: number; z?: Float64Array | undefined },
): void {
  const b = h[at * n + at + 1]!;
  const c = h[(at + 1) * n + at]!;
  const half = (h[at * n + at]! - h[(at + 1) * n + at + 1]!) / 2;
  const discriminant = half * half + b * c;
  if (discriminant < 0) return;
  const gap = half + (half >= 0 ? Math.sqrt(discriminant) : -Math.sqrt(discriminant));
  const length = Math.hypot(gap, c) || 1;
  const cos = gap / length;
  const sin = c / length;
  for (let j = at, p = at * n + at, q = p + n; j < n; j++, p++, q++) {
    const x = h[p]!;
    const y = h[q]!;
    h[p] = cos * x + sin * y;
    h[q] = cos * y - sin * x;
  }
  rotateColumns(h, n, { at, rows: at + 2, cos, sin });
  if (z !== undefined) rotateColumns(z, n, { at, rows: n, cos, sin });
  h[(at + 1) * n + at] = 0;
}

function rotateColumns(
  m: Float64Array,
  n: number,
  { at, rows, cos, sin }: { at: number; rows: number; cos: number; sin: number },
): void {
  for (let i = 0, p = at; i < rows; i++, p += n) {
    const x = m[p]!;
    const y = m[p + 1]!;
    m[p] = cos * x + sin * y;
    m[p + 1] = cos * y - sin * x;
  }
}

interface Sweep {
  readonly low: number;
  readonly high: number;
  readonly exceptional: boolean;
  readonly z?: Float64Array | undefined;
}

/** One implicit double-shift step on rows and columns low..high. Without z only that window is kept up to date. */
function francisSweep(h: Float64Array, n: number, { low, high, exceptional, z }: Sweep): void {
  const lastColumn = z === undefined ? high : n - 1;
  const firstRow = z === undefined ? low : 0;
  let { start, p, q, r } = bulgeStart(h, n, { low, high, exceptional });
  for (let k = start; k < high; k++) {
    const three = k < high - 1;
    if (k > start) {
      p = h[k * n + k - 1]!;
      q = h[(k + 1) * n + k - 1]!;
      r = three ? h[(k + 2) * n + k - 1]! : 0;
    }
    const scale = Math.abs(p) + Math.abs(q) + Math.abs(r);
    if (scale === 0) continue;
    p /= scale;
    q /= scale;
    r /= scale;
    const length = Math.sqrt(p * p + q * q + r * r);
    const s = p < 0 ? -length : length;
    // Reflector I - u vᵀ with v = (1, v1, v2): it maps (p, q, r) to (-s, 0, 0).
    const u0 = (p + s) / s;
    const u1 = q / s;
    const u2 = r / s;
    const v1 = q / (p + s);
    const v2 = r / (p + s);
    if (k > start) {
      h[k * n + k - 1] = -s * scale;
      h[(k + 1) * n + k - 1] = 0;
      if (three) h[(k + 2) * n + k - 1] = 0;
    } else if (start > low) {
      h[k * n + k - 1] = -h[k * n + k - 1]!;
    }
    const third = three ? 2 * n : 0; // with two rows, v2 = u2 = 0 and the third access is a harmless repeat
    for (let j = k, a = k * n + k; j <= lastColumn; j++, a++) {
      const sum = h[a]! + v1 * h[a + n]! + (three ? v2 * h[a + third]! : 0);
      h[a] = h[a]! - sum * u0;
      h[a + n] = h[a + n]! - sum * u1;
      if (three) h[a + third] = h[a + third]! - sum * u2;
    }
    const reflector = { k, three, u0, u1, u2, v1, v2 };
    reflectColumns(h, n, { ...reflector, from: firstRow, to: Math.min(high, k + 3) });
    if (z !== undefined) reflectColumns(z, n, { ...reflector, from: 0, to: n - 1 });
  }
}

interface ColumnReflection {
  readonly k: number;
  readonly three: boolean;
  readonly u0: number;
  readonly u1: number;
  readonly u2: number;
  readonly v1: number;
  readonly v2: number;
  readonly from: number;
  readonly to: number;
}

function reflectColumns(m: Float64Array, n: number, reflection: ColumnReflection): void {
  const { k, three, u0, u1, u2, v1, v2, from, to } = reflection;
  for (let i = from, a = from * n + k; i <= to; i++, a += n) {
    const sum = u0 * m[a]! + u1 * m[a + 1]! + (three ? u2 * m[a + 2]! : 0);
    m[a] = m[a]! - sum;
    m[a + 1] = m[a + 1]! - sum * v1;
    if (three) m[a + 2] = m[a + 2]! - sum * v2;
  }
}

/** Where the bulge starts (below two consecutive small subdiagonals) and the first column of (H - s₁)(H - s₂) there. */
function bulgeStart(h: Float64Array, n: number, { low, high, exceptional }: Sweep) {
  let x = h[high * n + high]!;
  let y = h[(high - 1) * n + high - 1]!;
  let w = h[high * n + high - 1]! * h[(high - 1) * n + high]!;
  if (exceptional) {
    const s = Math.abs(h[high * n + high - 1]!) + Math.abs(h[(high - 1) * n + high - 2]!);
    x = y = 0.75 * s;
    w = -0.4375 * s * s;
  } else if (((x - y) / 2) ** 2 + w >= 0) {
    // Two real shifts ±λ cannot tell the eigenvalues of a Hamiltonian matrix apart: take the nearer one twice, as LAPACK.
    const half = (y - x) / 2;
    const root = Math.sqrt(half * half + w);
    const gap = half >= 0 ? -w / (half + root || 1) : -w / (half - root);
    x = y = x + gap;
    w = 0;
  }
  let start = high - 2;
  let p = 0;
  let q = 0;
  let r = 0;
  for (; ; start--) {
    const d = h[start * n + start]!;
    const below = h[(start + 1) * n + start]!;
    p = ((x - d) * (y - d) - w) / below + h[start * n + start + 1]!;
    q = h[(start + 1) * n + start + 1]! + d - x - y;
    r = h[(start + 2) * n + start + 1]!;
    const scale = Math.abs(p) + Math.abs(q) + Math.abs(r) || 1;
    p /= scale;
    q /= scale;
    r /= scale;
    if (start === low) break;
    const neighbours =
      Math.abs(h[(start - 1) * n + start - 1]!) + Math.abs(d) + Math.abs(h[(start + 1) * n + start + 1]!);
    const small = Math.abs(h[start * n + start - 1]!) * (Math.abs(q) + Math.abs(r));
    if (small <= Number.EPSILON * Math.abs(p) * neighbours) break;
  }
  return { start, p, q, r };
}
