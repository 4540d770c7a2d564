/** a · b + c: one rounding in the relaxed-SIMD build where the host fuses, two otherwise. */
// @ts-expect-error: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/*
 * Constants are read from memory: as immediates V8 would build each of them anew, in several instructions, in every round
 * of a loop.
 */
const constants = memory.data<f32>([
  // 0: tanh's bound, P from the highest power down, Q likewise
  9.02,
  5.086634179106682e-8, 3.161752954489131e-5, 0.004009800155809995, 0.13786375826769443,
  7.396042252631608e-10, 1.6197287732564615e-6, 0.00042097521618721817, 0.02774217427387806, 0.47119708531374227,
  // 10: 1
  1,
  // 11: exp's bound, log2 e, ln 2 in two parts, and its polynomial
  87, 1.44269504, -0.693359375, 2.12194440e-4,
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(constants + (index << 2));
}

/** value where it is within the bounds; NaN stays NaN because pmin and pmax keep their first operand. */
// @ts-ignore: decorator
@inline
function clamp(value: v128, bound: v128): v128 {
  return f32x4.pmin(f32x4.pmax(value, f32x4.neg(bound)), bound);
}

/**
 * tanh, as x P(x²)/Q(x²) with P of degree 4 and Q of degree 5: the minimax fit of the relative error on
 * [0, 9.02] (2^-29 before rounding), beyond which float32 tanh is 1. All coefficients are positive, so
 * neither sum cancels.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const one = constant(10);
  const x = clamp(value, constant(0));
  const u = f32x4.mul(x, x);
  let p = madd(constant(1), u, constant(2));
  p = madd(p, u, constant(3));
  p = madd(p, u, constant(4));
  p = madd(p, u, one);
  let q = madd(constant(5), u, constant(6));
  q = madd(q, u, constant(7));
  q = madd(q, u, constant(8));
  q = madd(q, u, constant(9));
  q = madd(q, u, one);
  return clamp(f32x4.div(f32x4.mul(x, p), q), one);
}

/** exp on [-87, 0]: Cody–Waite reduction by ln 2 and a degree-5 polynomial (Cephes' expf). */
// @ts-ignore: decorator
@inline
function expNonPositive4(value: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(value, constant(12)));
  let r = madd(n, constant(13), value);
  r = madd(n, constant(14), r);
  let p = madd(constant(15), r, constant(16));
  p = madd(p, r, constant(17));
  p = madd(p, r, constant(18));
  p = madd(p, r, constant(19));
  p = madd(p, r, constant(20));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), constant(10));
  // p · 2^n; the range keeps n within what the exponent's bits hold, so any conversion that is right there will do.
  return i32x4.add(p, i32x4.shl(integer4(n), 23));
}

// @ts-ignore: decorator
@inline
function integer4(value: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_trunc_f32x4_s(value);
  return i32x4.trunc_sat_f32x4_s(value);
}

/**
 * The logistic function with small relative error in both tails: e/(1 + e) or 1/(1 + e) with e = exp(-|x|).
 * Below x = -87 it stays at exp(-87) = 1.6e-38. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(value: v128): v128 {
  const one = constant(10);
  const sign = f32x4.splat(-0.0);
  const negative = v128.or(value, sign);
  const e = expNonPositive4(f32x4.pmax(negative, f32x4.neg(constant(11))));
  // A mask of the sign: all ones where value is negative.
  const numerator = v128.bitselect(e, one, i32x4.shr_s(value, 31));
  return f32x4.div(numerator, f32x4.add(one, e));
}

/** max(x, 0); NaN stays NaN. */
// @ts-expect-error: decorator
@inline
export function relu4(value: v128): v128 {
  return f32x4.pmax(value, f32x4.splat(0));
}

/** tf.layers' hardSigmoid: 0.2 x + 0.5 held within [0, 1]. */
// @ts-expect-error: decorator
@inline
export function hardSigmoid4(value: v128): v128 {
  const line = f32x4.add(f32x4.mul(value, f32x4.splat(0.2)), f32x4.splat(0.5));
  return f32x4.pmin(f32x4.pmax(line, f32x4.splat(0)), f32x4.splat(1));
}

/** sign(x) · max(|x| + threshold, 0), and 0 at x = 0. */
// @ts-expect-error: decorator
@inline
export function modrelu4(value: v128, threshold: v128): v128 {
  const zero = f32x4.splat(0);
  const magnitude = f32x4.pmax(f32x4.add(f32x4.abs(value), threshold), zero);
  const sign = v128.and(value, f32x4.splat(-0.0));
  return v128.and(v128.or(magnitude, sign), f32x4.ne(value, zero));
}
