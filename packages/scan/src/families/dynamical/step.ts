import {
  broadcastTo,
  concat,
  customGrad,
  matMul,
  type Scalar,
  scalar,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  transpose,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { FamilyWeights, PreparedStep } from '../../family.js';
import { activation as activationOf, modRelu } from '../../plain/activations.js';
import { plus, scaled, times } from '../../plain/elementwise.js';
import type { Guard } from '../../plain/select.js';
import type { Activation, DynamicalAttributes } from './options.js';

/** One Runge–Kutta step per input of k(h) = g ∘ (A h + act(W h + z)). */
export function prepareDynamical(weights: FamilyWeights<DynamicalAttributes>): PreparedStep {
  const { attributes, tensors } = weights;
  const { units, carry, epsilon, activation, a, b } = attributes;
  const { kernel, W, A, bias, gateKernel, gateBias, mask } = tensors;
  const threshold = activation === 'modrelu' ? bias : undefined;
  const inputBias = activation === 'modrelu' ? undefined : bias;
  const act = elementwise(activation, threshold);
  const sigmoid = activationOf('sigmoid');

  // W and A in one product per stage, transposed once because states are rows.
  const recurrent = transpose((A ? concat([W!, A]) : W!) as Tensor2D);
  const gated = gateKernel !== undefined;
  const drive = gated
    ? { kernel: concat([kernel!, gateKernel], 1), bias: gateBiasRow(units, inputBias, gateBias!) }
    : { kernel: kernel!, bias: inputBias };

  const slope = (h: Tensor2D, { z, gate, guard }: Held): Tensor2D => {
    const product: Tensor2D = guard ? guard(matMul(h, recurrent)) : matMul(h, recurrent);
    const [Wh, Ah] = A ? (split(product, 2, 1) as [Tensor2D, Tensor2D]) : [product, undefined];
    const nonlinear = act(plus(Wh, z), guard);
    const k = Ah ? plus(Ah, nonlinear) : nonlinear;
    return gate ? times(sigmoid(plus(Wh, gate)), k) : k;
  };
  const scheme = [...a, b].map((row) => row.map((weight) => weightTensor(weight * epsilon)));
  const last = scheme.pop()!;
  return {
    ...drive,
    step: ([h], drive, guarding) => {
      if (last.length === 0) return [unmoved(h!, weights)];
      const guard = mask && guarding;
      const [z, gate] = gated ? (split(drive, 2, 1) as [Tensor2D, Tensor2D]) : [drive, undefined];
      const slopes: Tensor2D[] = [];
      for (const row of scheme) slopes.push(slope(combine(h, row, slopes), { z, gate, guard }));
      return [combine(carry === 1 ? h : undefined, last, slopes)];
    },
  };
}

/** What stays the same in all stages of a step. */
interface Held {
  z: Tensor2D;
  gate: Tensor2D | undefined;
  guard: Guard | undefined;
}

function elementwise(
  name: Activation,
  threshold: Tensor | undefined,
): (z: Tensor2D, guard?: Guard) => Tensor2D {
  if (name !== 'modrelu') return activationOf(name);
  const apply = modRelu(activationOf('relu'));
  return (z, guard) =>
    apply(z, threshold && guard ? guard(broadcastTo(threshold, z.shape) as Tensor2D) : threshold);
}

/** carry · h, the step of size 0. It depends on every other tensor with the derivative 0, and not on what they hold. */
function unmoved(h: Tensor2D, { attributes, tensors }: FamilyWeights<DynamicalAttributes>): Tensor2D {
  const added = attributes.carry === 1;
  const others = Object.entries(tensors)
    .filter(([name, tensor]) => !/^(mask|initialH)$/.test(name) && tensor!.dtype === 'float32')
    .map(([, tensor]) => tensor!);
  const shapes = others.map(({ shape }) => shape);
  const moved = customGrad((state) => ({
    value: added ? (state as Tensor).clone() : zerosLike(state as Tensor),
    gradFunc: (dy) => [added ? dy.clone() : zerosLike(dy), ...shapes.map((shape) => zeros(shape))],
  }));
  return moved(h, ...others) as Tensor2D;
}

/** One upload for the whole sequence; what is 0 in float32, or 1, needs none. */
const weightTensor = (weight: number): Scalar | number =>
  Math.fround(weight) === 0 ? 0 : weight === 1 ? 1 : scalar(weight);

/** base + Σ weights_i slopes_i, leaving out what is zero. */
function combine(
  base: Tensor2D | undefined,
  weights: readonly (Scalar | number)[],
  slopes: readonly Tensor2D[],
): Tensor2D {
  let sum = base;
  for (const [i, weight] of weights.entries()) {
    if (weight === 0) continue;
    const term = typeof weight === 'number' ? slopes[i]! : scaled(slopes[i]!, weight);
    sum = sum ? plus(sum, term) : term;
  }
  return sum!;
}

function gateBiasRow(units: number, inputBias: Tensor | undefined, gateBias: Tensor): Tensor1D {
  return concat([(inputBias ?? zeros([units])) as Tensor1D, gateBias as Tensor1D]);
}
