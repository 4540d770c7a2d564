import {
  abs,
  add,
  clipByValue,
  mul,
  neg,
  onesLike,
  relu,
  sigmoid,
  sign,
  square,
  step,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import type { PlainActivation } from '../plain/activations.js';

/** An activation at z and its derivative there, both differentiable in z (almost everywhere, where it has a kink). */
export interface ValueAndSlope {
  value: Tensor2D;
  slope: Tensor2D;
}

/** `threshold` is modReLU's. */
export type DualActivation = (z: Tensor2D, threshold?: Tensor1D) => ValueAndSlope;

const sigmoidDual: DualActivation = (z) => {
  const value = sigmoid(z);
  return { value, slope: sub(value, square(value)) };
};

/** Activations that a tangent map in tfjs operations can have. */
export type DualName = PlainActivation | 'modrelu';

export const dualActivations: Record<DualName, DualActivation> = {
  tanh: (z) => {
    const value = tanh(z);
    return { value, slope: sub(1, square(value)) };
  },
  relu: (z) => ({ value: relu(z), slope: step(z) }),
  linear: (z) => ({ value: z, slope: onesLike(z) }),
  sigmoid: sigmoidDual,
  modrelu: (z, threshold) => {
    if (!threshold) return { value: z, slope: onesLike(z) };
    const beyond: Tensor2D = add(abs(z), threshold);
    // 1 where `beyond` is 0 as well: at z = 0 without a threshold, as modReLU layers start.
    return { value: mul(sign(z), relu(beyond)), slope: sub(1, step(neg(beyond))) };
  },
  hardSigmoid: (z) => {
    const inner: Tensor2D = add(mul(z, 0.2), 0.5);
    return { value: clipByValue(inner, 0, 1), slope: mul(mul(step(inner), step(sub(1, inner))), 0.2) };
  },
};
