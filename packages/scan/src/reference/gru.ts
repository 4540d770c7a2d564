import { matMul, split, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';
import { activations, recurrentActivations } from './activations.js';
import { drivesOf } from './drive.js';
import { minus, plus, times } from './elementwise.js';
import type { Family } from './reference.js';

/** tf.layers' GRU (Cho et al. 2014; resetAfter false): gate order z, r, h. */
export function gruFamily(problem: RecurrenceProblem): Family {
  const { attributes, tensors } = problem;
  if (attributes.family !== 'gru') throw new TypeError(`not the GRU family: ${attributes.family}`);
  const { units, batch } = attributes;
  const act = activations[attributes.activation];
  const gate = recurrentActivations[attributes.recurrentActivation];
  const [gates, candidate] = split(tensors.recurrentKernel as Tensor2D, [2 * units, units], 1) as [
    Tensor2D,
    Tensor2D,
  ];
  return {
    initial: [(tensors.initialH as Tensor2D | undefined) ?? zeros([batch, units])],
    drives: drivesOf(problem, tensors.kernel, tensors.bias),
    step: ([h], drive) => {
      const [driveGates, driveH] = split(drive, [2 * units, units], 1) as [Tensor2D, Tensor2D];
      const [z, r] = split(gate(plus(driveGates, matMul(h!, gates))), 2, 1) as [Tensor2D, Tensor2D];
      const hh = act(plus(driveH, matMul(times(r, h!), candidate)));
      // z h + (1 − z) hh
      return [plus(hh, times(z, minus(h!, hh)))];
    },
  };
}
