import { matMul, scalar, split, type Tensor2D } from '@tensorflow/tfjs-core';
import type { FamilyWeights, PreparedStep } from '../../family.js';
import { activation } from '../../plain/activations.js';
import { blend, plus, times } from '../../plain/elementwise.js';
import type { GatedAttributes } from '../gated/options.js';

/** h⁺ = z∘h + (1 - z)∘g with g = act(W_h (r∘h) + U_h x + b_h). */
export function prepareGRU({ attributes, tensors }: FamilyWeights<GatedAttributes>): PreparedStep {
  const { units } = attributes;
  const act = activation(attributes.activation);
  const gate = activation(attributes.recurrentActivation);
  const one = scalar(1);
  const [gates, candidate] = split(tensors.recurrentKernel as Tensor2D, [2 * units, units], 1) as [
    Tensor2D,
    Tensor2D,
  ];
  return {
    kernel: tensors.kernel!,
    bias: tensors.bias,
    step: ([h], drive, guard) => {
      const [driveGates, driveH] = split(drive, [2 * units, units], 1) as [Tensor2D, Tensor2D];
      const [z, r] = split(gate(plus(driveGates, guard(matMul(h!, gates)))), 2, 1) as [Tensor2D, Tensor2D];
      const hh = act(plus(driveH, guard(matMul(times(r, h!), candidate))));
      return [blend({ z, h: h!, candidate: hh, one })];
    },
  };
}
