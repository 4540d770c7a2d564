import {
  add,
  concat,
  matMul,
  mul,
  type Rank,
  split,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type DualName, dualActivations, type ValueAndSlope } from '../../duals/activations.js';
import { perVector, timesMatrix } from '../../duals/arithmetic.js';
import type { FamilyWeights, PreparedPropagation } from '../../family.js';
import type { DynamicalAttributes } from './options.js';

/** The options of the step, with hardSigmoid too. */
type PropagatedAttributes = Omit<DynamicalAttributes, 'activation'> & { activation: DualName };

/** k at one stage and its directional derivatives. */
interface Stage {
  k: Tensor2D;
  dk: Tensor3D;
}

/**
 * One Runge–Kutta step of k(h) = g ∘ (A h + act(W h + z)) with its directional derivatives: with v_s the tangents of
 * stage s, dk = g ∘ (A v + act'(W h + z) ∘ W v) + g' ∘ W v ∘ (A h + act(W h + z)).
 */
export function dynamicalPropagation({
  attributes: { carry, epsilon, activation, a, b, units },
  tensors,
}: FamilyWeights<PropagatedAttributes>): PreparedPropagation {
  const { kernel, gateKernel, gateBias } = tensors as Record<string, Tensor2D | undefined>;
  const bias = tensors.bias as Tensor1D | undefined;
  const act = dualActivations[activation];
  const modrelu = activation === 'modrelu';
  const W: Tensor2D = transpose(tensors.W as Tensor2D);
  const A = tensors.A && transpose(tensors.A as Tensor2D);
  const inputBias = modrelu ? undefined : bias;
  const drive = gateKernel
    ? {
        kernel: concat([kernel!, gateKernel], 1),
        bias: concat([inputBias ?? zeros<Rank.R1>([units]), gateBias as unknown as Tensor1D]),
      }
    : { kernel: kernel!, bias: inputBias };

  const step: PreparedPropagation['step'] = ({ state, tangents }, driven) => {
    const [z, gateDrive] = gateKernel ? split<Tensor2D>(driven, 2, 1) : [driven, undefined];
    const slopeAt = (h: Tensor2D, v: Tensor3D): Stage => {
      const Wh = matMul(h, W);
      const Wv = timesMatrix(v, W);
      const nonlinear = act(add(Wh, z), modrelu ? bias : undefined);
      const dNonlinear: Tensor3D = mul(perVector(nonlinear.slope), Wv);
      const inner = A ? add<Tensor2D>(matMul(h, A), nonlinear.value) : nonlinear.value;
      const dInner = A ? add<Tensor3D>(timesMatrix(v, A), dNonlinear) : dNonlinear;
      if (!gateDrive) return { k: inner, dk: dInner };
      return gated(dualActivations.sigmoid(add(Wh, gateDrive)), { k: inner, dk: dInner }, Wv);
    };
    const stages: Stage[] = [];
    const advanced = (carried: 0 | 1, weights: readonly number[]) => {
      const scaled = { carried, weights: weights.map((weight) => weight * epsilon) };
      return {
        state: combine(state, { ...scaled, terms: stages.map(({ k }) => k) }),
        tangents: combine(tangents, { ...scaled, terms: stages.map(({ dk }) => dk) }),
      };
    };
    for (const row of a) {
      const at = advanced(1, row);
      stages.push(slopeAt(at.state, at.tangents));
    }
    return advanced(carry, b);
  };
  return { ...drive, step };
}

function gated(gate: ValueAndSlope, { k, dk }: Stage, Wv: Tensor3D): Stage {
  const opening: Tensor3D = mul(perVector(mul(gate.slope, k)), Wv);
  return { k: mul(gate.value, k), dk: add(mul(perVector(gate.value), dk), opening) };
}

/** carried · base + Σ_i weights_i terms_i, leaving out what is zero. */
function combine<T extends Tensor2D | Tensor3D>(
  base: T,
  { carried, weights, terms }: { carried: 0 | 1; weights: readonly number[]; terms: readonly T[] },
): T {
  let sum = carried === 1 ? base : undefined;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    const term = weight === 1 ? terms[i]! : mul<T>(terms[i]!, weight);
    sum = sum ? add<T>(sum, term) : term;
  }
  return sum ?? (zerosLike(base) as T);
}
