import { type FlatNetwork, flat, gatesOf, isDescribed } from '@hurwitz/network';
import { type GatedWeights, gatedParts } from './tangent.js';

/** The weights of an LSTM or GRU as plain data; undefined for an activation that has no place there. */
export function describeGated(family: 'lstm' | 'gru', weights: GatedWeights): FlatNetwork | undefined {
  const { units, inputDim, activation, recurrentActivation } = weights.attributes;
  if (!isDescribed(activation) || !isDescribed(recurrentActivation)) return undefined;
  const { W, drive } = gatedParts(weights, gatesOf[family]);
  return {
    family,
    units,
    inputDim,
    activation,
    recurrentActivation,
    W: flat(W),
    kernel: flat([drive.kernel]),
    bias: Float64Array.from(drive.bias),
  };
}
