import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// tfjs-core alone registers no gradients in Node; tfjs-layers does.
import '@tensorflow/tfjs-layers';

export { backends } from '../../../scripts/test-backends.js';

/** The number that every test compares with its bound: the largest absolute difference of two nested arrays. */
export function largestDifference(a: unknown, b: unknown): number {
  const flatten = (x: unknown): number[] => (Array.isArray(x) ? x.flatMap(flatten) : [x as number]);
  const left = flatten(a);
  const right = flatten(b);
  if (left.length !== right.length) throw new Error(`lengths ${left.length} and ${right.length} differ`);
  // Math.max would let NaN through only by chance: any difference that is not a number counts as infinite.
  return left.reduce((worst, x, i) => {
    const difference = Math.abs(x - right[i]!);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }, 0);
}

/** ⟨f(x), cotangent⟩ as a function to differentiate. */
export function contracted<T extends tf.Tensor>(
  f: (x: T) => tf.Tensor,
  cotangent: tf.Tensor,
): (x: tf.Tensor) => tf.Scalar {
  return (x) => tf.sum(tf.mul(f(x as T), cotangent)) as tf.Scalar;
}
