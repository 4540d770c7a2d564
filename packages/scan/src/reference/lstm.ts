import { add, matMul, mul, split, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';
import { activations, recurrentActivations } from './activations.js';
import { drivesOf } from './drive.js';
import type { Family } from './reference.js';

/** tf.layers' LSTM (Hochreiter and Schmidhuber 1997, with a forget gate): gate order i, f, c, o; state [h, c]. */
export function lstmFamily(problem: RecurrenceProblem): Family {
  const { attributes, tensors } = problem;
  if (attributes.family !== 'lstm') throw new TypeError(`not the LSTM family: ${attributes.family}`);
  const { units, batch } = attributes;
  const act = activations[attributes.activation];
  const gate = recurrentActivations[attributes.recurrentActivation];
  return {
    initial: [tensors.initialH, tensors.initialC].map(
      (state) => (state as Tensor2D | undefined) ?? zeros([batch, units]),
    ),
    drives: drivesOf(problem, tensors.kernel, tensors.bias),
    step: ([h, c], drive) => {
      const z = add(drive, matMul(h!, tensors.recurrentKernel as Tensor2D));
      const [zi, zf, zc, zo] = split(z, 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
      const cell: Tensor2D = add(mul(gate(zf), c!), mul(gate(zi), act(zc)));
      return [mul(gate(zo), act(cell)), cell];
    },
  };
}
