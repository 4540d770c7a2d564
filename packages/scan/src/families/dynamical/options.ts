import type { Tableau } from '@hurwitz/integrators';
import type { Tensor } from '@tensorflow/tfjs-core';
import { refuse } from '../../checks.js';
import { RecurrenceError } from '../../errors.js';
import type { FamilyTensor } from '../../family.js';
import type { SharedSpec } from '../../shared-spec.js';

export type Activation = 'tanh' | 'relu' | 'linear' | 'sigmoid' | 'modrelu';

/** An input gate that shares the recurrent matrix: g = sigmoid(W h + U_g x + b_g). */
export interface GateSpec {
  /** U_gᵀ, shape [inputDim, units]. */
  kernel: Tensor;
  /** Shape [units]. */
  bias: Tensor;
}

/**
 * The family of recurrences that are one Runge–Kutta step per input:
 *
 *     z_t  = U x_t + b
 *     k(h) = g ∘ (A h + act(W h + z_t)),   g = sigmoid(W h + U_g x_t + b_g) or 1
 *     h⁺   = carry · h + epsilon · Φ(k, h)
 *
 * The input is held over the step, so every stage sees the same z_t.
 */
export interface DynamicalSpec extends SharedSpec {
  family?: 'dynamical';
  /** 1: the step is added to the state; 0: it replaces it. */
  carry?: 0 | 1;
  /** The size of the step, any finite number; of size 0 the step is carry · h, and nothing else has a gradient but 0. */
  epsilon?: number;
  /** Shape [units, units]; it multiplies a column vector, so batched rows are multiplied by Wᵀ. */
  W: Tensor;
  /** Shape [units, units], the linear term, same convention; absent means zero. */
  A?: Tensor;
  /** Shape [units]. Added to U x; under modReLU it is the threshold instead: sign(z) · max(|z| + b, 0). */
  bias?: Tensor;
  activation?: Activation;
  gate?: GateSpec;
  /** The scheme, as data; Euler when absent. */
  tableau?: Tableau;
  /** Shape [batch, units]; zeros when absent. */
  initialState?: Tensor;
}

export interface DynamicalAttributes {
  carry: 0 | 1;
  epsilon: number;
  activation: Activation;
  /** The tableau without the stages that the step does not depend on; of a step of size 0 there are none. */
  a: number[][];
  b: number[];
}

export const dynamicalTensors: Record<string, FamilyTensor<DynamicalSpec>> = {
  W: { shape: ({ units }) => [units, units] },
  A: { shape: ({ units }) => [units, units], optional: true },
  bias: { shape: ({ units }) => [units], optional: true },
  gateKernel: {
    shape: ({ inputDim, units }) => [inputDim, units],
    of: (spec) => gateOf(spec)?.kernel,
    optional: (spec) => spec.gate == null,
    called: 'gate.kernel',
  },
  gateBias: {
    shape: ({ units }) => [units],
    of: (spec) => gateOf(spec)?.bias,
    optional: (spec) => spec.gate == null,
    called: 'gate.bias',
  },
};

export const dynamicalOptions = ['activation', 'carry', 'epsilon', 'gate', 'tableau'];

const EULER: Pick<Tableau, 'a' | 'b'> = { a: [[]], b: [1] };
const ACTIVATIONS: readonly string[] = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'];

/** Throws unless the gate is an object of its two tensors and nothing else. */
function gateOf({ gate }: DynamicalSpec): GateSpec | undefined {
  if (gate == null) return undefined;
  const other = typeof gate === 'object' && Object.keys(gate).find((name) => !/^(kernel|bias)$/.test(name));
  if (typeof gate !== 'object' || Array.isArray(gate) || other) {
    refuse('gate { kernel, bias }', other || gate, 'The recurrent matrix of the gate is W.');
  }
  return gate;
}

/** The options of the step besides tensors, with their defaults. */
export function dynamicalAttributes(spec: DynamicalSpec): DynamicalAttributes {
  const { carry = 1, epsilon = 1, activation = 'tanh', tableau } = spec;
  if (carry !== 0 && carry !== 1) {
    refuse('carry 0 or 1', carry, 'Use 1 to add the step to the state, 0 to replace it.');
  }
  if (typeof epsilon !== 'number' || !Number.isFinite(Math.fround(epsilon))) {
    refuse('a finite step size epsilon in float32', epsilon, 'Typical values are 0.01 to 1.');
  }
  if (!ACTIVATIONS.includes(activation)) {
    refuse(`an activation among ${ACTIVATIONS.join(', ')}`, activation, 'Pick one of them.');
  }
  return { carry, epsilon, activation, ...withoutIdleStages(checkedTableau(tableau ?? EULER), epsilon) };
}

/** The stages that the step depends on: what has weight 0 in float32 is left out, and not multiplied by 0. */
function withoutIdleStages({ a, b }: { a: number[][]; b: number[] }, epsilon: number) {
  const counts = (weight: number) => Math.fround(weight * epsilon) !== 0;
  const live: number[] = [];
  for (let i = b.length - 1; i >= 0; i--) {
    if (counts(b[i]!) || live.some((later) => counts(a[later]![i]!))) live.unshift(i);
  }
  return {
    a: live.map((i, at) => live.slice(0, at).map((j) => a[i]![j]!)),
    b: live.map((i) => b[i]!),
  };
}

function checkedTableau(tableau: Pick<Tableau, 'a' | 'b'>): { a: number[][]; b: number[] } {
  const { a, b } = tableau;
  const explicit =
    Array.isArray(a) &&
    Array.isArray(b) &&
    a.length === b.length &&
    b.length > 0 &&
    a.every((row, i) => Array.isArray(row) && row.length === i);
  if (!explicit || ![...b, ...a.flat()].every(Number.isFinite)) {
    throw new RecurrenceError(
      'recurrence',
      'an explicit tableau: s weights b, and s rows a where row i has i finite entries',
      typeof tableau === 'string' ? `'${tableau}'` : JSON.stringify({ a, b }),
      'Take one from @hurwitz/integrators.',
    );
  }
  return { a: a.map((row) => [...row]), b: [...b] };
}
