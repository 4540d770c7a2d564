import { sigmoid4, tanh4 } from './shared/functions-f32x4';
import { madd } from './shared/madd';

/*
 * What tests and benchmarks call directly.
 */

/** tanh of `count` floats (a multiple of 4) in place; for tests. */
export function tanhInPlace(p: usize, count: usize): void {
  for (const end = p + (count << 2); p < end; p += 16) v128.store(p, tanh4(v128.load(p)));
}

/** The logistic function of `count` floats (a multiple of 4) in place; for tests. */
export function sigmoidInPlace(p: usize, count: usize): void {
  for (const end = p + (count << 2); p < end; p += 16) v128.store(p, sigmoid4(v128.load(p)));
}

/** 12 independent chains of `rounds` multiply-adds of 4 lanes: the most that this machine's SIMD does, for benchmarks. */
export function multiplyAdd(rounds: u32, p: usize): void {
  const x = v128.load(p);
  const y = v128.load(p, 16);
  let c0 = x,
    c1 = y,
    c2 = x,
    c3 = y,
    c4 = x,
    c5 = y,
    c6 = x,
    c7 = y,
    c8 = x,
    c9 = y,
    ca = x,
    cb = y;
  for (let i: u32 = 0; i < rounds; ++i) {
    c0 = madd<f32>(c0, x, y);
    c1 = madd<f32>(c1, x, y);
    c2 = madd<f32>(c2, x, y);
    c3 = madd<f32>(c3, x, y);
    c4 = madd<f32>(c4, x, y);
    c5 = madd<f32>(c5, x, y);
    c6 = madd<f32>(c6, x, y);
    c7 = madd<f32>(c7, x, y);
    c8 = madd<f32>(c8, x, y);
    c9 = madd<f32>(c9, x, y);
    ca = madd<f32>(ca, x, y);
    cb = madd<f32>(cb, x, y);
  }
  let sum = f32x4.add(
    f32x4.add(f32x4.add(c0, c1), f32x4.add(c2, c3)),
    f32x4.add(f32x4.add(c4, c5), f32x4.add(c6, c7)),
  );
  sum = f32x4.add(sum, f32x4.add(f32x4.add(c8, c9), f32x4.add(ca, cb)));
  v128.store(p, sum, 32);
}
