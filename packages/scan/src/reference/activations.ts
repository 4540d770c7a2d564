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

// tfjs differentiates tanh and sigmoid through their saved output, which its tape does not connect to the input: inside a
// nested gradient the second derivative then silently lacks a term (tensorflow/tfjs#3252). There, and only there because
// it computes the function again, the derivative is written in terms of the input.
function anyOrder(op: Elementwise, derivative: (y: Tensor2D) => Tensor2D): Elementwise {
  const again: Elementwise = (z) =>
    customGrad((x, save) => {
      (save as GradSaveFunc)([x as Tensor]);
      return {
        value: op(x as Tensor2D),
        gradFunc: (dy, [saved]) => mul(dy, derivative(again(saved as Tensor2D))),
      };
    })(z) as Tensor2D;
  return (z) => (engine().state.gradientDepth > 1 ? again(z) : op(z));
}

const tanh = anyOrder(tanhOp, (y) => sub(1, square(y)));
export const sigmoid = anyOrder(sigmoidOp, (y) => mul(y, sub(1, y)));

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
