/** a · b + c: one rounding in the relaxed-SIMD build where the host fuses, two otherwise. */
// @ts-expect-error: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** value where it is within the bounds; NaN stays NaN because pmin and pmax keep their first operand. */
// @ts-expect-error: decorator
@inline
function clamp(value: v128, bound: f32): v128 {
  return f32x4.pmin(f32x4.pmax(value, f32x4.splat(-bound)), f32x4.splat(bound));
}

/**
 * tanh, as x P(x²)/Q(x²) with P of degree 4 and Q of degree 5: the minimax fit of the relative error on
 * [0, 9.02] (2^-29 before rounding), beyond which float32 tanh is 1. All coefficients are positive, so
 * neither sum cancels.
 */
// @ts-expect-error: decorator
@inline
export function tanh4(value: v128): v128 {
  const x = clamp(value, 9.02);
  const u = f32x4.mul(x, x);
  let p = f32x4.splat(5.086634179106682e-8);
  p = madd(p, u, f32x4.splat(3.161752954489131e-5));
  p = madd(p, u, f32x4.splat(0.004009800155809995));
  p = madd(p, u, f32x4.splat(0.13786375826769443));
  p = madd(p, u, f32x4.splat(1.0));
  let q = f32x4.splat(7.396042252631608e-10);
  q = madd(q, u, f32x4.splat(1.6197287732564615e-6));
  q = madd(q, u, f32x4.splat(0.00042097521618721817));
  q = madd(q, u, f32x4.splat(0.02774217427387806));
  q = madd(q, u, f32x4.splat(0.47119708531374227));
  q = madd(q, u, f32x4.splat(1.0));
  return clamp(f32x4.div(f32x4.mul(x, p), q), 1.0);
}

/** exp on [-87, 0]: Cody–Waite reduction by ln 2 and a degree-5 polynomial (Cephes' expf). */
// @ts-expect-error: decorator
@inline
function expNonPositive4(value: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(value, f32x4.splat(1.44269504)));
  let r = madd(n, f32x4.splat(-0.693359375), value);
  r = madd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(p, r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 23);
  return i32x4.add(p, exponent);
}

/**
 * The logistic function with small relative error in both tails: e/(1 + e) or 1/(1 + e) with e = exp(-|x|).
 * Below x = -87 it stays at exp(-87) = 1.6e-38. NaN stays NaN through the numerator.
 */
// @ts-expect-error: decorator
@inline
export function sigmoid4(value: v128): v128 {
  const magnitude = f32x4.pmin(f32x4.abs(value), f32x4.splat(87));
  const e = expNonPositive4(f32x4.neg(magnitude));
  const one = f32x4.splat(1);
  const numerator = v128.bitselect(e, one, f32x4.lt(value, f32x4.splat(0)));
  const result = f32x4.div(numerator, f32x4.add(one, e));
  return v128.bitselect(result, value, f32x4.eq(value, value));
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
