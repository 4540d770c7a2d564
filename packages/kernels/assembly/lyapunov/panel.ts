/*
 * A panel holds 32 bytes of each of its rows, one row after the other: eight columns in float32, four in float64. A frame of
 * tangent vectors is a row of panels whose columns are the vectors, so that four rows and all columns of a panel fit the SIMD
 * registers; weights are held by panels of their transpose. Every kernel is written for both kinds of number, T.
 */

import { madd } from '../shared/madd';

/** Bytes of one row of a panel. */
export const ROW: usize = 32;

/** Columns of a panel. */
// @ts-expect-error: decorator
@inline
export function lanes<T>(): usize {
  return 32 / sizeof<T>();
}

/**
 * c (4 x lanes) = Σ_t a_t b_t, with four neighbouring columns of the panel `a` and all of the panel `b`. The sums run in the
 * order of the rows, so no result depends on how the columns are grouped.
 */
// @ts-expect-error: decorator
@inline
function innerTile<T>(a: usize, b: usize, rows: usize, c: usize): void {
  const zero = v128.splat<T>(<T>0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero;
  let c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  for (const end = b + rows * ROW; b < end; b += ROW) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a);
    c00 = madd<T>(x, b0, c00);
    c01 = madd<T>(x, b1, c01);
    x = v128.load_splat<T>(a, sizeof<T>());
    c10 = madd<T>(x, b0, c10);
    c11 = madd<T>(x, b1, c11);
    x = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = madd<T>(x, b0, c20);
    c21 = madd<T>(x, b1, c21);
    x = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = madd<T>(x, b0, c30);
    c31 = madd<T>(x, b1, c31);
    a += ROW;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}

/** c (4 rows of a panel) += Σ_j q_j w_j over the columns q_j of `panels` panels, one after the other, and the rows w_j of `w`. */
// @ts-expect-error: decorator
@inline
function outerTile<T>(q: usize, panelBytes: usize, panels: usize, w: usize, c: usize): void {
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(c, 32), c11 = v128.load(c, 48);
  let c20 = v128.load(c, 64), c21 = v128.load(c, 80), c30 = v128.load(c, 96), c31 = v128.load(c, 112);
  for (let p: usize = 0; p < panels; ++p) {
    for (let a = q, end = q + ROW; a < end; a += sizeof<T>()) {
      const w0 = v128.load(w);
      const w1 = v128.load(w, 16);
      let x = v128.load_splat<T>(a);
      c00 = madd<T>(x, w0, c00);
      c01 = madd<T>(x, w1, c01);
      x = v128.load_splat<T>(a, 32);
      c10 = madd<T>(x, w0, c10);
      c11 = madd<T>(x, w1, c11);
      x = v128.load_splat<T>(a, 64);
      c20 = madd<T>(x, w0, c20);
      c21 = madd<T>(x, w1, c21);
      x = v128.load_splat<T>(a, 96);
      c30 = madd<T>(x, w0, c30);
      c31 = madd<T>(x, w1, c31);
      w += ROW;
    }
    q += panelBytes;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c10, 32);
  v128.store(c, c11, 48);
  v128.store(c, c20, 64);
  v128.store(c, c21, 80);
  v128.store(c, c30, 96);
  v128.store(c, c31, 112);
}

export function inner32(a: usize, b: usize, rows: usize, c: usize): void {
  innerTile<f32>(a, b, rows, c);
}
export function inner64(a: usize, b: usize, rows: usize, c: usize): void {
  innerTile<f64>(a, b, rows, c);
}
export function outer32(q: usize, panelBytes: usize, panels: usize, w: usize, c: usize): void {
  outerTile<f32>(q, panelBytes, panels, w, c);
}
export function outer64(q: usize, panelBytes: usize, panels: usize, w: usize, c: usize): void {
  outerTile<f64>(q, panelBytes, panels, w, c);
}

/** c (lanes x lanes) = aᵀ b over the first `rows` rows of two panels. */
// @ts-expect-error: decorator
@inline
export function inner<T>(a: usize, b: usize, rows: usize, c: usize): void {
  if (sizeof<T>() == 4) {
    inner32(a, b, rows, c);
    inner32(a + 16, b, rows, c + 128);
  } else {
    inner64(a, b, rows, c);
  }
}

/** target += Q w: all `rows` rows (a multiple of 4) of a panel, Q being `panels` panels and w one row for each column. */
// @ts-expect-error: decorator
@inline
export function addOuter<T>(
  target: usize, q: usize, panelBytes: usize, panels: usize, w: usize, rows: usize,
): void {
  for (const end = target + rows * ROW; target < end; target += 4 * ROW) {
    if (sizeof<T>() == 4) outer32(q, panelBytes, panels, w, target);
    else outer64(q, panelBytes, panels, w, target);
    q += 4 * ROW;
  }
}

/** target = Mᵀ b, with M as panels of `depth` rows and as many columns in all as `target` has rows. */
export function multiply<T>(target: usize, m: usize, panels: usize, b: usize, depth: usize): void {
  for (let p: usize = 0; p < panels; ++p) {
    inner<T>(m, b, depth, target);
    m += depth * ROW;
    target += lanes<T>() * ROW;
  }
}
