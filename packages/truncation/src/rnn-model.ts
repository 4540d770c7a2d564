import {
  type Activation,
  type ActivationLike,
  activations,
  type MatrixLike,
  type TransitionMap,
  type VectorLike,
} from '@hurwitz/stability';
import { TruncationError } from './errors.js';
import { toRows, toVector } from './numeric-input.js';

/** h_t = σ(W h_{t-1} + kernelᵀ x_t + bias) from h = 0. */
export interface RNNModel {
  /** [units, units], multiplies the state as a column vector. */
  readonly W: MatrixLike;
  /** [inputDim, units] */
  readonly kernel: MatrixLike;
  /** [units]; zero when absent. */
  readonly bias?: VectorLike;
  /** σ; 'tanh' when absent. */
  readonly activation?: ActivationLike;
}

/** A network by its weights, or any map h⁺ = φ(h, x), as `vanillaMap` and `lstmMap` of @hurwitz/stability give it. */
export type RecurrentModel = RNNModel | Pick<TransitionMap, 'stateSize' | 'inputSize' | 'step'>;

/** A copied and checked network. */
export interface Network {
  readonly W: number[][];
  readonly kernel: number[][];
  readonly bias: number[];
  readonly activation: ActivationLike;
  readonly sigma: Activation;
}

/** Copies and checks a network. */
export function toNetwork(where: string, model: RNNModel): Network {
  if (model === null || typeof model !== 'object') {
    throw new TruncationError(where, 'a model', String(model), 'Pass { W, kernel, bias, activation }.');
  }
  const W = toRows(where, 'W', model.W);
  const n = W.length;
  toRows(where, 'W', W, { rows: n, columns: n });
  const { activation = 'tanh', bias = new Array<number>(n).fill(0) } = model;
  return {
    W,
    kernel: toRows(where, 'kernel', model.kernel, { columns: n }),
    bias: toVector(where, 'bias', bias, n),
    activation,
    sigma: toActivation(where, activation),
  };
}

function toActivation(where: string, activation: ActivationLike): Activation {
  if (typeof activation === 'object' && activation !== null) return activation;
  const known: Record<string, Activation> = activations;
  if (Object.hasOwn(known, activation)) return known[activation]!;
  const names = Object.keys(activations).join(', ');
  const fix = 'Or pass { value, derivative }.';
  throw new TruncationError(where, `activation to be one of ${names}`, String(activation), fix);
}

/** W h + kernelᵀ x + bias. */
export function preActivation(
  { W, kernel, bias }: Pick<Network, 'W' | 'kernel' | 'bias'>,
  state: ArrayLike<number>,
  input: ArrayLike<number>,
): number[] {
  return W.map((row, i) => {
    let z = bias[i]!;
    for (let j = 0; j < row.length; j++) z += row[j]! * state[j]!;
    for (let j = 0; j < input.length; j++) z += kernel[j]![i]! * input[j]!;
    return z;
  });
}
