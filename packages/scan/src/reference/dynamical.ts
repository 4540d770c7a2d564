import {
  concat,
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
import type { RecurrenceProblem } from '../problem.js';
import { activations, modRelu, sigmoid } from './activations.js';
import { drivesOf } from './drive.js';
import { plus, scaled, times } from './elementwise.js';
import type { Family } from './reference.js';

/** One Runge–Kutta step per input of k(h) = g ∘ (A h + act(W h + z)). */
export function dynamicalFamily(problem: RecurrenceProblem): Family {
  const { attributes, tensors } = problem;
  if (attributes.family !== 'dynamical')
    throw new TypeError(`not the dynamical family: ${attributes.family}`);
  const { units, batch, carry, epsilon, activation, a, b } = attributes;
  const { kernel, W, A, bias, gateKernel, gateBias, initialH } = tensors;
  const threshold = activation === 'modrelu' ? bias : undefined;
  const inputBias = activation === 'modrelu' ? undefined : bias;
  const act = activation === 'modrelu' ? (z: Tensor2D) => modRelu(z, threshold) : activations[activation];

  // W and A in one product per stage, transposed once because states are rows.
  const recurrent = transpose((A ? concat([W!, A]) : W!) as Tensor2D);
  const gated = gateKernel !== undefined;
  const drives = gated
    ? drivesOf(problem, concat([kernel, gateKernel], 1), gateBiasRow(units, inputBias, gateBias!))
    : drivesOf(problem, kernel, inputBias);

  const slope = (h: Tensor2D, z: Tensor2D, gate: Tensor2D | undefined): Tensor2D => {
    const product: Tensor2D = matMul(h, recurrent);
    const [Wh, Ah] = A ? (split(product, 2, 1) as [Tensor2D, Tensor2D]) : [product, undefined];
    const nonlinear = act(plus(Wh, z));
    const k = Ah ? plus(Ah, nonlinear) : nonlinear;
    return gate ? times(sigmoid(plus(Wh, gate)), k) : k;
  };
  const weights = [...a, b].map((row) => row.map((weight) => weightTensor(weight * epsilon)));
  const last = weights.pop()!;
  return {
    initial: [(initialH as Tensor2D | undefined) ?? zeros([batch, units])],
    drives,
    step: ([h], drive) => {
      const [z, gate] = gated ? (split(drive, 2, 1) as [Tensor2D, Tensor2D]) : [drive, undefined];
      const slopes: Tensor2D[] = [];
      for (const row of weights) slopes.push(slope(combine(h, row, slopes), z, gate));
      return [combine(carry === 1 ? h : undefined, last, slopes)];
    },
  };
}

/** One upload for the whole sequence; what is 0 or 1 needs none. */
const weightTensor = (weight: number): Scalar | number =>
  weight === 0 || weight === 1 ? weight : scalar(weight);

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
  return sum ?? zerosLike(slopes[0]!);
}

function gateBiasRow(units: number, inputBias: Tensor | undefined, gateBias: Tensor): Tensor1D {
  return concat([(inputBias ?? zeros([units])) as Tensor1D, gateBias as Tensor1D]);
}
