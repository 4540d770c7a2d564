import { madd } from '../shared/madd';
import { ROW } from './panel';

/** target (`rows` float64 numbers, a multiple of 8) += M x, with M as panels of four rows, `depth` long. */
export function addProduct(target: usize, m: usize, x: usize, rows: usize, depth: usize): void {
  const panelBytes = depth * ROW;
  for (const end = target + rows * 8; target < end; target += 64) {
    let s0 = v128.load(target), s1 = v128.load(target, 16), s2 = v128.load(target, 32), s3 = v128.load(target, 48);
    let a = m;
    let b = m + panelBytes;
    for (let at = x, stop = x + depth * 8; at < stop; at += 8) {
      const value = v128.load64_splat(at);
      s0 = madd<f64>(value, v128.load(a), s0);
      s1 = madd<f64>(value, v128.load(a, 16), s1);
      s2 = madd<f64>(value, v128.load(b), s2);
      s3 = madd<f64>(value, v128.load(b, 16), s3);
      a += ROW;
      b += ROW;
    }
    v128.store(target, s0);
    v128.store(target, s1, 16);
    v128.store(target, s2, 32);
    v128.store(target, s3, 48);
    m += 2 * panelBytes;
  }
}

/** target += column `index` of M, which has panels as above. */
export function addColumn(target: usize, m: usize, index: usize, rows: usize, depth: usize): void {
  m += index * ROW;
  for (const end = target + rows * 8; target < end; target += ROW) {
    v128.store(target, f64x2.add(v128.load(target), v128.load(m)));
    v128.store(target, f64x2.add(v128.load(target, 16), v128.load(m, 16)), 16);
    m += depth * ROW;
  }
}

// @ts-expect-error: decorator
@inline
export function get(array: usize, index: usize): f64 {
  return load<f64>(array + (index << 3));
}

// @ts-expect-error: decorator
@inline
export function set(array: usize, index: usize, value: f64): void {
  store<f64>(array + (index << 3), value);
}
