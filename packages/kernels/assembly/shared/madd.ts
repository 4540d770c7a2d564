/** a · b + c on the lanes of T: one rounding in the relaxed-SIMD build where the host fuses, two otherwise. */
// @ts-expect-error: decorator
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}
