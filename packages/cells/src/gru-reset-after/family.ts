import { defineFamily, tensorActivation } from '@hurwitz/scan';
import { add, matMul, mul, split, sub, type Tensor2D, unstack } from '@tensorflow/tfjs-core';
import type { ResetAfterAttributes, ResetAfterOptions } from './options.js';
import { resetAfterTangent } from './tangent.js';

/**
 * The GRU whose reset gate acts after the product, gate order z, r, h:
 * h⁺ = z∘h + (1 - z)∘g with g = act(U_h x + b_h + r∘(R_h h + c_h)), where b and c are the two rows of the bias.
 */
export const gruResetAfter = defineFamily({
  name: 'gru-reset-after',
  states: { h: 1 },
  blocks: 3,
  recurrent: 'recurrentKernel',
  tensors: {
    recurrentKernel: { shape: ({ units }) => [units, 3 * units] },
    bias: { shape: ({ units }) => [2, 3 * units], optional: true },
  },
  options: ['activation', 'recurrentActivation'],
  attributes: ({ activation, recurrentActivation }: ResetAfterOptions): ResetAfterAttributes => ({
    activation,
    recurrentActivation,
  }),
  prepare: ({ attributes: { units, activation, recurrentActivation }, tensors }) => {
    const recurrentKernel = tensors.recurrentKernel as Tensor2D;
    const [inputBias, recurrentBias] = tensors.bias ? unstack(tensors.bias) : [];
    const act = tensorActivation(activation);
    const gate = tensorActivation(recurrentActivation);
    const gatesAndCandidate = (rows: Tensor2D) => split(rows, [2 * units, units], 1) as [Tensor2D, Tensor2D];
    return {
      kernel: tensors.kernel!,
      bias: inputBias,
      step: ([h], drive, guard) => {
        const product: Tensor2D = matMul(h!, recurrentKernel);
        const recurrent = guard(recurrentBias ? add<Tensor2D>(product, recurrentBias) : product);
        const [gatesDrive, candidateDrive] = gatesAndCandidate(drive);
        const [gatesRecurrent, candidateRecurrent] = gatesAndCandidate(recurrent);
        const gates: Tensor2D = add(gatesDrive, gatesRecurrent);
        const [z, r] = split(gate(gates), 2, 1) as [Tensor2D, Tensor2D];
        const candidate = act(add(candidateDrive, mul<Tensor2D>(r, candidateRecurrent)));
        return [add(candidate, mul(z, sub(h!, candidate)))];
      },
    };
  },
  tangent: resetAfterTangent,
});
