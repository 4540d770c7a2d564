import {
  abs,
  add,
  clipByValue,
  customGrad,
  engine,
  type GradSaveFunc,
  mul,
  relu,
  sigmoid as sigmoidOp,
  sign,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  tanh as tanhOp,
} from '@tensorflow/tfjs-core';
import type { CellActivation } from '../problem.js';

type Elementwise = (z: Tensor2D) => Tensor2D;

/** The derivative of an activation with value y, times dy; without constants, which tfjs would copy to the device each time. */
type Derivative = (dy: Tensor, y: Tensor) => Tensor;

// A derivative through the saved output is not connected to the input on tfjs's tape: inside a nested gradient the
// second derivative then silently lacks a term (tensorflow/tfjs#3252). There, and only there because it computes the
// function again, the derivative is written in terms of the input.
function anyOrder(op: Elementwise, derivative: Derivative): Elementwise {
  const again: Elementwise = (z) =>
    customGrad((x, save) => {
      (save as GradSaveFunc)([x as Tensor]);
      return {
        value: op(x as Tensor2D),
        gradFunc: (dy, [saved]) => derivative(dy, again(saved as Tensor2D)),
      };
    })(z) as Tensor2D;
  const once = customGrad((x, save) => {
    const value = op(x as Tensor2D);
    (save as GradSaveFunc)([value]);
    return { value, gradFunc: (dy, [y]) => derivative(dy, y!) };
  }) as Elementwise;
  return (z) => (engine().state.gradientDepth > 1 ? again(z) : once(z));
}

const tanh = anyOrder(tanhOp, (dy, y) => sub(dy, mul(dy, square(y))));
export const sigmoid = anyOrder(sigmoidOp, (dy, y) => {
  const part = mul(dy, y);
  return sub(part, mul(part, y));
});

export const activations: Record<CellActivation, Elementwise> = { tanh, relu, sigmoid, linear: (z) => z };

export const recurrentActivations: Record<'sigmoid' | 'hardSigmoid', Elementwise> = {
  sigmoid,
  // As in tf.layers: 0.2 z + 0.5, cut off at 0 and 1.
  hardSigmoid: (z) => clipByValue(add<Tensor2D>(mul(z, 0.2), 0.5), 0, 1),
};

/** sign(z) · max(|z| + b, 0): the real form of modReLU (Arjovsky et al. 2016). Without a threshold it is the identity. */
export function modRelu(z: Tensor2D, threshold: Tensor | undefined): Tensor2D {
  return threshold ? mul(sign(z), relu(add(abs(z), threshold))) : z;
}
