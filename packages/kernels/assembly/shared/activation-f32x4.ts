import { Act } from '../../src/codes';
import { hardSigmoid4, modrelu4, relu4, sigmoid4, tanh4 } from './functions-f32x4';

/** An activation of four floats; `threshold` points to modReLU's. */
// @ts-expect-error: decorator
@inline
export function activate4(act: usize, value: v128, threshold: usize): v128 {
  if (act == <usize>Act.tanh) return tanh4(value);
  if (act == <usize>Act.relu) return relu4(value);
  if (act == <usize>Act.modrelu) return modrelu4(value, v128.load(threshold));
  if (act == <usize>Act.sigmoid) return sigmoid4(value);
  if (act == <usize>Act.hardSigmoid) return hardSigmoid4(value);
  return value;
}

/**
 * The derivative of an activation, from its value: NaN where that is NaN, and at a kink the flat side's. All ones are a
 * NaN too, so a comparison of the value with itself makes one.
 */
// @ts-expect-error: decorator
@inline
export function derivative4(act: usize, value: v128): v128 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  if (act == <usize>Act.tanh) return f32x4.sub(one, f32x4.mul(value, value));
  if (act == <usize>Act.linear) return one;
  if (act == <usize>Act.sigmoid) return f32x4.mul(value, f32x4.sub(one, value));
  if (act == <usize>Act.hardSigmoid) {
    const sloped = v128.and(f32x4.gt(value, zero), f32x4.lt(value, one));
    return v128.or(v128.and(f32x4.splat(0.2), sloped), f32x4.ne(value, value));
  }
  // relu, and modReLU: slope 1 wherever the value is not cut off
  return v128.or(v128.and(one, f32x4.ne(value, zero)), f32x4.ne(value, value));
}
