import { flat, isDescribed, type NetworkDescription } from '../../network-description.js';
import { type GatedWeights, gatedParts } from './tangent.js';

const gates = { lstm: 4, gru: 3 };

/** The weights of an LSTM or GRU as plain data; undefined for an activation that has no place there. */
export function describeGated(family: 'lstm' | 'gru', weights: GatedWeights): NetworkDescription | undefined {
  const { units, inputDim, activation, recurrentActivation } = weights.attributes;
  if (!isDescribed(activation) || !isDescribed(recurrentActivation)) return undefined;
  const { W, drive } = gatedParts(weights, gates[family]);
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
