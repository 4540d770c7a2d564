import { beat } from '../shared/job';
import { madd } from '../shared/madd';

/**
 * Rows of a register tile. Fused multiply-add leaves room for 6 × 8 sums in the sixteen SIMD registers of
 * x86-64; a separate product needs a register of its own, and 5 × 8 is then faster (measured).
 */
const TILE_ROWS: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;

/** Inner products are cut to this length, so that a panel of weights and the rows it meets stay in the L1 cache. */
const DEPTH: usize = 256;

/**
 * c (ROWS × 8) = [c +] a (ROWS × k) · b (k × 8, packed), where a has a stride of `aRow` bytes along its rows and `aStep`
 * along k. Every sum runs over k in the same order whatever ROWS is, so a row's result does not depend on how rows
 * are grouped.
 */
// @ts-expect-error: decorator
@inline
function tile(
  ROWS: i32, a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  const zero = f32x4.splat(0);
  let a0 = a;
  let a1 = a0 + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let a4 = a3 + aRow;
  let a5 = a4 + aRow;
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
  let row = c;
  if (add) {
    c00 = v128.load(row);
    c01 = v128.load(row, 16);
    if (ROWS > 1) { row += cRow; c10 = v128.load(row); c11 = v128.load(row, 16); }
    if (ROWS > 2) { row += cRow; c20 = v128.load(row); c21 = v128.load(row, 16); }
    if (ROWS > 3) { row += cRow; c30 = v128.load(row); c31 = v128.load(row, 16); }
    if (ROWS > 4) { row += cRow; c40 = v128.load(row); c41 = v128.load(row, 16); }
    if (ROWS > 5) { row += cRow; c50 = v128.load(row); c51 = v128.load(row, 16); }
  }
  for (const end = b + (k << 5); b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = madd<f32>(x, b0, c00);
    c01 = madd<f32>(x, b1, c01);
    a0 += aStep;
    if (ROWS > 1) { x = v128.load32_splat(a1); c10 = madd<f32>(x, b0, c10); c11 = madd<f32>(x, b1, c11); a1 += aStep; }
    if (ROWS > 2) { x = v128.load32_splat(a2); c20 = madd<f32>(x, b0, c20); c21 = madd<f32>(x, b1, c21); a2 += aStep; }
    if (ROWS > 3) { x = v128.load32_splat(a3); c30 = madd<f32>(x, b0, c30); c31 = madd<f32>(x, b1, c31); a3 += aStep; }
    if (ROWS > 4) { x = v128.load32_splat(a4); c40 = madd<f32>(x, b0, c40); c41 = madd<f32>(x, b1, c41); a4 += aStep; }
    if (ROWS > 5) { x = v128.load32_splat(a5); c50 = madd<f32>(x, b0, c50); c51 = madd<f32>(x, b1, c51); a5 += aStep; }
  }
  row = c;
  v128.store(row, c00);
  v128.store(row, c01, 16);
  if (ROWS > 1) { row += cRow; v128.store(row, c10); v128.store(row, c11, 16); }
  if (ROWS > 2) { row += cRow; v128.store(row, c20); v128.store(row, c21, 16); }
  if (ROWS > 3) { row += cRow; v128.store(row, c30); v128.store(row, c31, 16); }
  if (ROWS > 4) { row += cRow; v128.store(row, c40); v128.store(row, c41, 16); }
  if (ROWS > 5) { row += cRow; v128.store(row, c50); v128.store(row, c51, 16); }
}

// One function per height, and exported so that the optimiser leaves them apart: inlined into one loop, V8 spills the
// sums. For the same reason the strides are arguments even where they are 4.
export function tile1(
  a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  tile(1, a, aRow, aStep, b, k, c, cRow, add);
}
export function tile2(
  a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  tile(2, a, aRow, aStep, b, k, c, cRow, add);
}
export function tile3(
  a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  tile(3, a, aRow, aStep, b, k, c, cRow, add);
}
export function tile4(
  a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  tile(4, a, aRow, aStep, b, k, c, cRow, add);
}
export function tile5(
  a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  tile(5, a, aRow, aStep, b, k, c, cRow, add);
}
export function tile6(
  a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  tile(6, a, aRow, aStep, b, k, c, cRow, add);
}

/** `tile` of any height, which only this knows. */
// @ts-ignore: decorator
@inline
function tileOf(
  rows: usize, a: usize, aRow: usize, aStep: usize, b: usize, k: usize, c: usize, cRow: usize, add: bool,
): void {
  if (rows == 6) tile6(a, aRow, aStep, b, k, c, cRow, add);
  else if (rows == 5) tile5(a, aRow, aStep, b, k, c, cRow, add);
  else if (rows == 4) tile4(a, aRow, aStep, b, k, c, cRow, add);
  else if (rows == 3) tile3(a, aRow, aStep, b, k, c, cRow, add);
  else if (rows == 2) tile2(a, aRow, aStep, b, k, c, cRow, add);
  else tile1(a, aRow, aStep, b, k, c, cRow, add);
}

/** c (m × n) = [c +] a (m × k) · b, with b packed in panels of 8 columns (`pack`); n a multiple of 8. Strides in bytes. */
export function gemm(
  a: usize, aRow: usize, b: usize, c: usize, cRow: usize, m: usize, n: usize, k: usize, add: bool,
): void {
  assert((n & 7) == 0, 'whole panels');
  if (m == 0) return;
  const tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
  const short = m / tiles;
  const tall = m - short * tiles;
  for (let from: usize = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from);
    const adds = add || from > 0;
    let panel = b + (from << 5);
    for (let j: usize = 0; j < n; j += 8) {
      let ai = a + (from << 2);
      let ci = c + (j << 2);
      for (let i: usize = 0; i < tiles; ++i) {
        const rows = i < tall ? short + 1 : short;
        tileOf(rows, ai, aRow, 4, panel, depth, ci, cRow, adds);
        ai += rows * aRow;
        ci += rows * cRow;
      }
      panel += k << 5;
    }
    beat();
  }
}

/**
 * Panels of 8 columns of a k × n matrix whose element (i, j) lies at `source + i · rowStride + j · columnStride`
 * (bytes): panel p holds, for each i, columns 8p to 8p + 7, and starts at `target + p · panelStride`. Columns past
 * n are zero.
 */
export function pack(
  target: usize, panelStride: usize, source: usize, rowStride: usize, columnStride: usize, k: usize, n: usize,
): void {
  for (let j: usize = 0; j < n; j += 8) {
    const columns = min(n - j, <usize>8);
    for (let i: usize = 0; i < k; ++i) {
      const from = source + i * rowStride + j * columnStride;
      const to = target + (i << 5);
      if (columns < 8) {
        v128.store(to, f32x4.splat(0));
        v128.store(to, f32x4.splat(0), 16);
      }
      for (let l: usize = 0; l < columns; ++l) store<f32>(to + (l << 2), load<f32>(from + l * columnStride));
    }
    target += panelStride;
  }
}

/** Rows of p and q that one pass of `outer` takes: as many as fit `panel`. */
export const OUTER_ROWS: usize = 256;

/**
 * c (m × n) += pᵀ · q over `count` rows: the gradient of a weight from all the rows of several steps at once; where
 * there is a second p, laid out as the first, c2 += p2ᵀ · q too. n is a multiple of 8; `panel` is scratch of OUTER_ROWS · 32
 * bytes for a packed strip of q.
 */
export function outer(
  p: usize, pRow: usize, m: usize, q: usize, qRow: usize, n: usize, c: usize, cRow: usize, count: usize, panel: usize,
  p2: usize = 0, c2: usize = 0,
): void {
  if (m == 0) return;
  for (let from: usize = 0; from < count; from += OUTER_ROWS) {
    const rows = min(OUTER_ROWS, count - from);
    for (let j: usize = 0; j < n; j += 8) {
      let source = q + from * qRow + (j << 2);
      for (let to = panel, end = panel + (rows << 5); to < end; to += 32) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, 16), 16);
        source += qRow;
      }
      outerStrip(p + from * pRow, pRow, m, panel, rows, c + (j << 2), cRow);
      if (p2 != 0) outerStrip(p2 + from * pRow, pRow, m, panel, rows, c2 + (j << 2), cRow);
    }
    beat();
  }
}

/** Eight columns of c (m × 8) += pᵀ · panel over `rows` rows. */
function outerStrip(p: usize, pRow: usize, m: usize, panel: usize, rows: usize, c: usize, cRow: usize): void {
  const tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
  const short = m / tiles;
  const tall = m - short * tiles;
  for (let i: usize = 0; i < tiles; ++i) {
    const height = i < tall ? short + 1 : short;
    tileOf(height, p, 4, pRow, panel, rows, c, cRow, true);
    p += height << 2;
    c += height * cRow;
  }
}
