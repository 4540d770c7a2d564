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
 * @param matrix row-major n x n entries, the largest of size 1; not changed.
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
    const { square, scale } = halfGap(a, T[i * n + i + 1]!, [T[(i + 1) * n + i]!, d]);
    const im = scale * Math.sqrt(Math.max(0, -square));
    const re = a / 2 + d / 2;
    values.push({ re, im }, { re, im: -im });
    i++;
  }
  return values;
}

/** The eigenvalues of [a, b; c, d] are (a + d)/2 ± scale·√square: what is under the root, without under- or overflow. */
function halfGap(a: number, b: number, [c, d]: readonly [number, number]) {
  const half = a / 2 - d / 2;
  const scale = Math.max(Math.abs(half), Math.abs(b), Math.abs(c)) || 1;
  return { half: half / scale, square: (half / scale) ** 2 + (b / scale) * (c / scale), scale };
}

const isPair = (T: Float64Array, n: number, i: number): boolean => i + 1 < n && T[(i + 1) * n + i] !== 0;

/** Negligible in any matrix of size 1; rounding in the range of subnormal numbers stays below it. */
const TINY = 2 ** -970;

/** Deflates from the bottom until every diagonal block is 1 x 1 or a complex pair. */
function iterate(where: string, h: Float64Array, n: number, z?: Float64Array): void {
  let high = n - 1;
  let sweeps = 0;
  while (high > 0) {
    const low = deflate(h, n, { high, least: sweeps < 30 ? TINY : Number.EPSILON / 2 });
    if (low >= high - 1) {
      if (low === high - 1) splitRealPair(h, n, { at: low, z });
      high = low - 1;
      sweeps = 0;
      continue;
    }
    if (++sweeps > 60) {
      const fix = 'Please report this matrix.';
      throw new ConvergenceError(where, 'the QR algorithm to converge', 'no deflation in 60 sweeps', fix);
    }
    francisSweep(h, n, { low, high, exceptional: sweeps % 10 === 0, z });
  }
}

/**
 * First row of the unreduced block that ends in `high`; the negligible subdiagonal above it, small beside its neighbours or
 * below `least`, is set to zero. For the last sweeps that is rounding of the whole matrix, of size 1.
 */
function deflate(h: Float64Array, n: number, { high, least }: { high: number; least: number }): number {
  for (let i = high; i > 0; i--) {
    let scale = Math.abs(h[(i - 1) * n + i - 1]!) + Math.abs(h[i * n + i]!);
    if (scale === 0) {
      if (i > 1) scale = Math.abs(h[(i - 1) * n + i - 2]!);
      if (i < high) scale += Math.abs(h[(i + 1) * n + i]!);
    }
    if (Math.abs(h[i * n + i - 1]!) <= Math.max(Number.EPSILON * scale, least)) {
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
  const c = h[(at + 1) * n + at]!;
  const { half, square, scale } = halfGap(h[at * n + at]!, h[at * n + at + 1]!, [
    c,
    h[(at + 1) * n + at + 1]!,
  ]);
  if (square < 0) return;
  const gap = half + (half >= 0 ? Math.sqrt(square) : -Math.sqrt(square));
  const length = Math.hypot(gap, c / scale) || 1;
  const cos = gap / length;
  const sin = c / scale / length;
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

/**
 * Where the bulge starts (below two consecutive small subdiagonals) and the first column of (H - s₁)(H - s₂) there, up to
 * a factor: entries are divided before they are multiplied, so that blocks of any size keep their shifts.
 */
function bulgeStart(h: Float64Array, n: number, { low, high, exceptional }: Sweep) {
  const [first, second, im] = shifts(h, n, { high, exceptional });
  for (let start = high - 2; ; start--) {
    const d = h[start * n + start]!;
    const next = h[(start + 1) * n + start + 1]!;
    const below = h[(start + 1) * n + start]!;
    const size = Math.abs(d - second) + Math.abs(im) + Math.abs(below) || 1;
    const part = below / size;
    let p = part * h[start * n + start + 1]! + (d - first) * ((d - second) / size) + im * (im / size);
    let q = part * (d + next - first - second);
    let r = part * h[(start + 2) * n + start + 1]!;
    const scale = Math.abs(p) + Math.abs(q) + Math.abs(r) || 1;
    p /= scale;
    q /= scale;
    r /= scale;
    if (start === low) return { start, p, q, r };
    const neighbours = Math.abs(h[(start - 1) * n + start - 1]!) + Math.abs(d) + Math.abs(next);
    const small = Math.abs(h[start * n + start - 1]!) * (Math.abs(q) + Math.abs(r));
    if (small <= Number.EPSILON * Math.abs(p) * neighbours) return { start, p, q, r };
  }
}

/** The two shifts [re₁, re₂, im]: eigenvalues of the trailing 2 x 2 block, re ± i·im, or a real one twice. */
function shifts(
  h: Float64Array,
  n: number,
  { high, exceptional }: { high: number; exceptional: boolean },
): [number, number, number] {
  if (exceptional) {
    // (x - 3s/4)² + 7s²/16: any pair of the right size that a cycle of the ordinary shifts does not contain.
    const s = Math.abs(h[high * n + high - 1]!) + Math.abs(h[(high - 1) * n + high - 2]!);
    return [0.75 * s, 0.75 * s, Math.sqrt(0.4375) * s];
  }
  const x = h[high * n + high]!;
  const y = h[(high - 1) * n + high - 1]!;
  const { half, square, scale } = halfGap(y, h[(high - 1) * n + high]!, [h[high * n + high - 1]!, x]);
  if (square < 0) return [x / 2 + y / 2, x / 2 + y / 2, scale * Math.sqrt(-square)];
  // Two real shifts ±λ cannot tell the eigenvalues of a Hamiltonian matrix apart: take the nearer one twice, as LAPACK.
  const root = Math.sqrt(square);
  const product = (h[(high - 1) * n + high]! / scale) * (h[high * n + high - 1]! / scale);
  const nearer = x + scale * (half >= 0 ? -product / (half + root || 1) : -product / (half - root));
  return [nearer, nearer, 0];
}
