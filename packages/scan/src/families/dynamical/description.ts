import { type FlatNetwork, flat, isDescribed, rowsOf } from '@hurwitz/network';
import type { FamilyWeights, HostTensor } from '../../family.js';
import type { TangentAttributes } from './tangent.js';

/** The weights as plain data; undefined for an activation that has no place there. */
export function describeDynamical({
  attributes: { carry, epsilon, activation, a, b, units, inputDim },
  tensors: { kernel, W, A, bias, gateKernel, gateBias },
}: FamilyWeights<TangentAttributes, HostTensor>): FlatNetwork | undefined {
  if (activation !== 'modrelu' && !isDescribed(activation)) return undefined;
  return {
    family: 'dynamical',
    units,
    inputDim,
    activation,
    W: Float64Array.from(W!.values),
    ...(A && { A: Float64Array.from(A.values) }),
    kernel: columns(kernel!),
    // A modReLU without a threshold is the identity, so zero serves it as well.
    bias: bias ? Float64Array.from(bias.values) : new Float64Array(units),
    ...(gateKernel && {
      gate: { kernel: columns(gateKernel), bias: Float64Array.from(gateBias!.values) },
    }),
    carry,
    epsilon,
    scheme: { a, b },
  };
}

/** The transpose of a kernel, row-major. */
const columns = ({ values, shape }: HostTensor): Float64Array => flat([rowsOf(values, shape, true)]);
