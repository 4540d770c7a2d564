import { madd } from './madd';

/*
 * Constants are read from memory: as immediates V8 would build each of them anew, in several instructions, in every round
 * of a loop.
 */
const constants = memory.data<f32>([
  // 0: -tanh's bound, where it is -1 in float32; sigmoid's, where exp(x) has become 0
  -9.02, -88,
  // 2: log2 e, -ln 2 in two parts, and in one; 2 log2 e
  1.44269504, -0.693359375, 2.12194440e-4, -0.693147181, 2.88539008,
  // 7: (exp(r) - 1 - r)/r² from the highest power down (Cephes' expf)
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  // 13: 1, 2, the bit of the sign
  1, 2, -0.0,
]);

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(constants + (index << 2));
}

/** exp(r) - 1 for |r| ≤ ln 2 / 2, by Estrin's scheme: the chain of operations is what takes the time. */
// @ts-ignore: decorator
@inline
function reducedExpm1(r: v128): v128 {
  const square = f32x4.mul(r, r);
  const high = madd<f32>(constant(7), r, constant(8));
  const middle = madd<f32>(constant(9), r, constant(10));
  const low = madd<f32>(constant(11), r, constant(12));
  return madd<f32>(madd<f32>(madd<f32>(high, square, middle), square, low), square, r);
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
 * expm1 itself. -2|x| = n ln 2 + r with ln 2 in one part, as what that loses is small beside 1 - exp(-2|x|). At most 1 in
 * magnitude; NaN stays NaN, because pmax keeps its first operand.
 */
// @ts-ignore: decorator
@inline
export function tanh4(value: v128): v128 {
  const one = constant(13);
  const sign = constant(15);
  const x = f32x4.pmax(v128.or(value, sign), constant(0));
  const n = f32x4.nearest(f32x4.mul(x, constant(6)));
  const power = i32x4.add(one, exponentBits(n));
  const e = madd<f32>(power, reducedExpm1(madd<f32>(n, constant(5), f32x4.add(x, x))), f32x4.sub(power, one));
  const magnitude = f32x4.div(v128.andnot(e, sign), f32x4.add(e, constant(14)));
  return v128.or(magnitude, v128.and(value, sign));
}

/**
 * The logistic function with small relative error in both tails: e/(1 + e) or 1/(1 + e) with e = exp(-|x|).
 * Below x = -87.7 it is 0: 2^n is no longer a normal float there. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(value: v128): v128 {
  const one = constant(13);
  const x = f32x4.pmax(v128.or(value, constant(15)), constant(1));
  const n = f32x4.nearest(f32x4.mul(x, constant(2)));
  const power = i32x4.add(one, exponentBits(n));
  // By Cody and Waite: the result keeps its relative precision.
  const e = madd<f32>(power, reducedExpm1(madd<f32>(n, constant(4), madd<f32>(n, constant(3), x))), power);
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

/** sign(x) · max(|x| + threshold, 0), a product, so that 0 times what is not finite is NaN. */
// @ts-expect-error: decorator
@inline
export function modrelu4(value: v128, threshold: v128): v128 {
  const zero = f32x4.splat(0);
  const magnitude = f32x4.pmax(f32x4.add(f32x4.abs(value), threshold), zero);
  const one = v128.or(v128.and(value, f32x4.splat(-0.0)), f32x4.splat(1));
  return f32x4.mul(v128.and(one, f32x4.ne(value, zero)), magnitude);
}
