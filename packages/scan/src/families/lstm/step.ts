import { concat, matMul, split, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { FamilyWeights, PreparedStep } from '../../family.js';
import { activation } from '../../plain/activations.js';
import { plus, times } from '../../plain/elementwise.js';
import type { GatedAttributes } from '../gated/options.js';

/** c⁺ = f∘c + i∘act(z_c), h⁺ = o∘act(c⁺). */
export function prepareLSTM({ attributes, tensors }: FamilyWeights<GatedAttributes>): PreparedStep {
  const { units } = attributes;
  const act = activation(attributes.activation);
  const gate = activation(attributes.recurrentActivation);
  const recurrent = gatesFirst(tensors.recurrentKernel!) as Tensor2D;
  return {
    kernel: gatesFirst(tensors.kernel!),
    bias: tensors.bias && gatesFirst(tensors.bias),
    step: ([h, c], drive, guard) => {
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
