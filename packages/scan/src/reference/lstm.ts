import { concat, matMul, split, type Tensor, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';
import { activation } from './activations.js';
import { drivesOf } from './drive.js';
import { plus, times } from './elementwise.js';
import type { Family } from './reference.js';

/** tf.layers' LSTM (Hochreiter and Schmidhuber 1997, with a forget gate): gate order i, f, c, o; state [h, c]. */
export function lstmFamily(problem: RecurrenceProblem): Family {
  const { attributes, tensors } = problem;
  if (attributes.family !== 'lstm') throw new TypeError(`not the LSTM family: ${attributes.family}`);
  const { units, batch } = attributes;
  const act = activation(attributes.activation);
  const gate = activation(attributes.recurrentActivation);
  const recurrent = gatesFirst(tensors.recurrentKernel!) as Tensor2D;
  return {
    initial: [tensors.initialH, tensors.initialC].map(
      (state) => (state as Tensor2D | undefined) ?? zeros([batch, units]),
    ),
    drives: drivesOf(problem, gatesFirst(tensors.kernel), tensors.bias && gatesFirst(tensors.bias)),
    step: ([h, c], drive, guard = (rows) => rows) => {
      const z = plus(drive, guard(matMul(h!, recurrent)));
      const [zGates, zc] = split(z, [3 * units, units], 1) as [Tensor2D, Tensor2D];
      const [i, f, o] = split(gate(zGates), 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
      const cell = plus(times(f, c!), times(i, act(zc)));
      return [times(o, act(cell)), cell];
    },
  };
}

/** Columns i, f, c, o as i, f, o, c: the three gates then take one activation together. */
function gatesFirst(columns: Tensor): Tensor {
  const [i, f, c, o] = split(columns, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  return concat([i, f, o, c], -1);
}
