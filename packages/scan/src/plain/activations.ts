import type { DescribedActivation } from '@hurwitz/network';
import {
  abs,
  add,
  customGrad,
  engine,
  type GradSaveFunc,
  maximum,
  minimum,
  mul,
  type Scalar,
  scalar,
  sigmoid,
  sign,
  square,
  step,
  sub,
  type Tensor,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';

/** Activations that plain operations have: those that a description names. */
export type PlainActivation = DescribedActivation;

export type Elementwise = (z: Tensor2D) => Tensor2D;

/** A function and its slope in terms of its value y; numbers come as tensors, in the order of `constants`. */
interface Differentiable {
  constants: number[];
  value: (z: Tensor, constants: Scalar[]) => Tensor;
  slope: (y: Tensor, constants: Scalar[]) => Tensor;
}

/*
 * NaN stays NaN, in the slopes too, and at a kink the slope is that of the flat side. (relu and clipByValue of tfjs's wasm backend
 * lose NaN, and so does the gradient of clipByValue on all; maximum, minimum and step keep it.)
 */
const differentiable: Record<Exclude<PlainActivation, 'linear'>, Differentiable> = {
  tanh: { constants: [1], value: tanh, slope: (y, [one]) => sub(one!, square(y)) },
  sigmoid: { constants: [1], value: sigmoid, slope: (y, [one]) => mul(y, sub(one!, y)) },
  relu: { constants: [0], value: (z, [zero]) => maximum(z, zero!), slope: (y) => step(y) },
  // As in tf.layers: 0.2 z + 0.5, cut off at 0 and 1.
  hardSigmoid: {
    constants: [0, 1, 0.2, 0.5],
    value: (z, [zero, one, fifth, half]) => minimum(maximum(add(mul(z, fifth!), half!), zero!), one!),
    slope: (y, [, one, fifth]) => mul(mul(step(y), step(sub(one!, y))), fifth!),
  },
};

/** An activation for one recurrence: what it needs of constants is copied to the device once, and not at every step. */
export function activation(name: PlainActivation): Elementwise {
  if (name === 'linear') return (z) => z;
  const f = differentiable[name];
  return applied(
    f,
    f.constants.map((value) => scalar(value)),
  );
}

// A derivative through the saved output is not connected to the input on tfjs's tape: inside a nested gradient the
// second derivative then silently lacks a term (tensorflow/tfjs#3252). There, and only there because it computes the
// function again, the derivative is written in terms of the input.
function applied(f: Differentiable, constants: Scalar[]): Elementwise {
  const again = customGrad((x, save) => {
    (save as GradSaveFunc)([x as Tensor, ...constants]);
    return {
      value: f.value(x as Tensor, constants) as Tensor2D,
      gradFunc: (dy, [z, ...saved]) =>
        mul(dy, f.slope(applied(f, saved as Scalar[])(z as Tensor2D), saved as Scalar[])),
    };
  }) as Elementwise;
  const once = customGrad((x, save) => {
    const value = f.value(x as Tensor, constants) as Tensor2D;
    (save as GradSaveFunc)([value, ...constants]);
    return { value, gradFunc: (dy, [y, ...saved]) => mul(dy, f.slope(y!, saved as Scalar[])) };
  }) as Elementwise;
  return (z) => (engine().state.gradientDepth > 1 ? again(z) : once(z));
}

/** sign(z) · max(|z| + b, 0): the real form of modReLU (Arjovsky et al. 2016). Without a threshold it is the identity. */
export function modRelu(relu: Elementwise): (z: Tensor2D, threshold: Tensor | undefined) => Tensor2D {
  return (z, threshold) => (threshold ? mul(sign(z), relu(add(abs(z), threshold))) : z);
}
