import { add, split, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { dualActivations } from '../../duals/activations.js';
import { type Dual, difference, product, sum, through, times } from '../../duals/arithmetic.js';
import type { PreparedPropagation } from '../../family.js';
import type { PropagatedWeights } from '../gated/propagate.js';

/** tf.layers' GRU (resetAfter false) as a map of h with its tangents; gate order z, r, h. */
export function gruPropagation({ attributes, tensors }: PropagatedWeights): PreparedPropagation {
  const act = dualActivations[attributes.activation];
  const gate = dualActivations[attributes.recurrentActivation];
  const [Wz, Wr, Wh] = split(tensors.recurrentKernel!, 3, 1) as [Tensor2D, Tensor2D, Tensor2D];
  return {
    kernel: tensors.kernel as Tensor2D,
    bias: tensors.bias as Tensor1D | undefined,
    step: ({ state, tangents }, drive) => {
      const drives = split(drive, 3, 1);
      const h: Dual = { at: state, along: tangents };
      const driven = (of: Dual, W: Tensor2D, k: number): Dual => {
        const z = times(of, W);
        return { at: add(z.at, drives[k]!), along: z.along };
      };
      const update = through(gate, driven(h, Wz, 0));
      const reset = through(gate, driven(h, Wr, 1));
      const candidate = through(act, driven(product(reset, h), Wh, 2));
      // z h + (1 − z) candidate
      const next = sum(candidate, product(update, difference(h, candidate)));
      return { state: next.at, tangents: next.along };
    },
  };
}
