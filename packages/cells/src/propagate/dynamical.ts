import type { Activation } from '@hurwitz/scan';
import {
  add,
  matMul,
  mul,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Dual, dualActivations } from './activations.js';
import { affine, type PreparedStep, perVector, timesMatrix } from './system.js';

export interface DynamicalParts {
  carry: 0 | 1;
  epsilon: number;
  activation: Activation | 'hardSigmoid';
  a: readonly (readonly number[])[];
  b: readonly number[];
  W: Tensor2D;
  A?: Tensor2D;
  kernel: Tensor2D;
  bias?: Tensor1D;
  gate?: { kernel: Tensor2D; bias: Tensor1D };
}

/** k at one stage and its directional derivatives. */
interface Stage {
  k: Tensor2D;
  dk: Tensor3D;
}

/**
 * One Runge–Kutta step of k(h) = g ∘ (A h + act(W h + z)) with its directional derivatives: with v_s the tangents of
 * stage s, dk = g ∘ (A v + act'(W h + z) ∘ W v) + g' ∘ W v ∘ (A h + act(W h + z)).
 */
export function dynamicalStep(parts: DynamicalParts): PreparedStep {
  const { carry, epsilon, activation, a, b, kernel, bias, gate } = parts;
  const act = dualActivations[activation];
  const modrelu = activation === 'modrelu';
  const W: Tensor2D = transpose(parts.W);
  const A = parts.A && transpose<Tensor2D>(parts.A);

  const step: PreparedStep['step'] = ({ state, tangents }, input) => {
    const z = affine(input, kernel, modrelu ? undefined : bias);
    const gateDrive = gate && affine(input, gate.kernel, gate.bias);
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
    const advanced = (base: 0 | 1, weights: readonly number[]) => ({
      state: combine(base ? state : undefined, { weights, epsilon, terms: stages.map(({ k }) => k) }),
      tangents: combine(base ? tangents : undefined, { weights, epsilon, terms: stages.map(({ dk }) => dk) }),
    });
    for (const row of a) {
      const at = advanced(1, row);
      stages.push(slopeAt(at.state, at.tangents));
    }
    return advanced(carry, b);
  };
  return { kernel, step };
}

function gated(gate: Dual, { k, dk }: Stage, Wv: Tensor3D): Stage {
  const opening: Tensor3D = mul(perVector(mul(gate.slope, k)), Wv);
  return { k: mul(gate.value, k), dk: add(mul(perVector(gate.value), dk), opening) };
}

/** base + epsilon Σ_i weights_i terms_i, leaving out what is zero. */
function combine<T extends Tensor2D | Tensor3D>(
  base: T | undefined,
  { weights, epsilon, terms }: { weights: readonly number[]; epsilon: number; terms: readonly T[] },
): T {
  let sum = base;
  for (const [i, weight] of weights.entries()) {
    const factor = weight * epsilon;
    if (factor === 0) continue;
    const term = factor === 1 ? terms[i]! : mul<T>(terms[i]!, factor);
    sum = sum ? add<T>(sum, term) : term;
  }
  return sum ?? (zerosLike(terms[0]!) as T);
}
