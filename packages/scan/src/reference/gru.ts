import { matMul, scalar, split, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';
import { activation } from './activations.js';
import { drivesOf } from './drive.js';
import { blend, plus, times } from './elementwise.js';
import type { Family } from './reference.js';

/** tf.layers' GRU (Cho et al. 2014; resetAfter false): gate order z, r, h. */
export function gruFamily(problem: RecurrenceProblem): Family {
  const { attributes, tensors } = problem;
  if (attributes.family !== 'gru') throw new TypeError(`not the GRU family: ${attributes.family}`);
  const { units, batch } = attributes;
  const act = activation(attributes.activation);
  const gate = activation(attributes.recurrentActivation);
  const one = scalar(1);
  const [gates, candidate] = split(tensors.recurrentKernel as Tensor2D, [2 * units, units], 1) as [
    Tensor2D,
    Tensor2D,
  ];
  return {
    initial: [(tensors.initialH as Tensor2D | undefined) ?? zeros([batch, units])],
    drives: drivesOf(problem, tensors.kernel, tensors.bias),
    step: ([h], drive, guard = (rows) => rows) => {
      const [driveGates, driveH] = split(drive, [2 * units, units], 1) as [Tensor2D, Tensor2D];
      const [z, r] = split(gate(plus(driveGates, guard(matMul(h!, gates)))), 2, 1) as [Tensor2D, Tensor2D];
      const hh = act(plus(driveH, guard(matMul(times(r, h!), candidate))));
      return [blend({ z, h: h!, candidate: hh, one })];
    },
  };
}
