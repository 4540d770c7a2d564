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
  // 0: tanh's bound, where it is 1 in float32; sigmoid's, where exp(-x) stops
  9.02, 87,
  // 2: log2 e, ln 2 in two parts
  1.44269504, -0.693359375, 2.12194440e-4,
  // 5: (exp(r) - 1 - r)/r² from the highest power down (Cephes' expf)
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  // 11: 1, 2
  1, 2,
]);

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(constants + (index << 2));
}

/** The nearest multiple n of ln 2 to `value`. */
// @ts-ignore: decorator
@inline
function multiples4(value: v128): v128 {
  return f32x4.nearest(f32x4.mul(value, constant(2)));
}

/** exp(value - n ln 2) - 1 for the nearest n, by Cody and Waite's reduction: the result keeps its relative precision. */
// @ts-ignore: decorator
@inline
function reducedExpm1(value: v128, n: v128): v128 {
  const r = madd(n, constant(4), madd(n, constant(3), value));
  let p = madd(constant(5), r, constant(6));
  p = madd(p, r, constant(7));
  p = madd(p, r, constant(8));
  p = madd(p, r, constant(9));
  p = madd(p, r, constant(10));
  return madd(p, f32x4.mul(r, r), r);
}

/** The bits that take a float times 2^n when added to its own. */
// @ts-ignore: decorator
@inline
function exponentBits(n: v128): v128 {
  const integer = ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_trunc_f32x4_s(n) : i32x4.trunc_sat_f32x4_s(n);
  return i32x4.shl(integer, 23);
}

/**
 * tanh |x| = |e|/(e + 2) with e = exp(-2|x|) - 1, which no cancellation spoils: near 0, n is 0 and e is the reduced
 * expm1 itself. At most 1 in magnitude; NaN stays NaN, because pmin keeps its first operand.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const one = constant(11);
  const x = f32x4.mul(f32x4.pmin(f32x4.abs(value), constant(0)), f32x4.neg(constant(12)));
  const n = multiples4(x);
  const power = i32x4.add(one, exponentBits(n));
  const e = madd(power, reducedExpm1(x, n), f32x4.sub(power, one));
  const magnitude = f32x4.div(f32x4.abs(e), f32x4.add(e, constant(12)));
  return v128.or(magnitude, v128.and(value, f32x4.splat(-0.0)));
}

/**
 * The logistic function with small relative error in both tails: e/(1 + e) or 1/(1 + e) with e = exp(-|x|).
 * Below x = -87 it stays at exp(-87) = 1.6e-38. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(value: v128): v128 {
  const one = constant(11);
  const x = f32x4.neg(f32x4.pmin(f32x4.abs(value), constant(1)));
  const n = multiples4(x);
  const power = i32x4.add(one, exponentBits(n));
  const e = madd(power, reducedExpm1(x, n), power);
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
