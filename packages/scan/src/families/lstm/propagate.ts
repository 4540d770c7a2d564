import { add, concat, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { dualActivations } from '../../duals/activations.js';
import { type Dual, parts, product, sum, through, times } from '../../duals/arithmetic.js';
import type { PreparedPropagation } from '../../family.js';
import type { PropagatedWeights } from '../gated/propagate.js';

/** tf.layers' LSTM as a map of [h, c] with its tangents; gate order i, f, c, o. */
export function lstmPropagation({ attributes, tensors }: PropagatedWeights): PreparedPropagation {
  const act = dualActivations[attributes.activation];
  const gate = dualActivations[attributes.recurrentActivation];
  const recurrentKernel = tensors.recurrentKernel as Tensor2D;
  return {
    kernel: tensors.kernel as Tensor2D,
    bias: tensors.bias as Tensor1D | undefined,
    step: ({ state, tangents }, drive) => {
      const [h, c] = parts({ at: state, along: tangents }, 2) as [Dual, Dual];
      const recurrent = times(h, recurrentKernel);
      const z = parts({ at: add(recurrent.at, drive), along: recurrent.along }, 4);
      const [i, f, candidate, o] = [gate, gate, act, gate].map((f, k) => through(f, z[k]!));
      const cell = sum(product(f!, c), product(i!, candidate!));
      const output = product(o!, through(act, cell));
      return { state: concat([output.at, cell.at], 1), tangents: concat([output.along, cell.along], 2) };
    },
  };
}
