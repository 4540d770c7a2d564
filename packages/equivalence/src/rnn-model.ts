import {
  type Activation,
  type ActivationLike,
  activations,
  type MatrixLike,
  type VectorLike,
} from '@hurwitz/stability';
import { EquivalenceError } from './errors.js';
import { toRows, toVector } from './numeric-input.js';

/** h_t = σ(W h_{t-1} + kernelᵀ x_t + bias), y_t = readoutᵀ h_t. */
export interface RNNModel {
  /** [units, units], multiplies the state as a column vector. */
  readonly W: MatrixLike;
  /** [inputDim, units] */
  readonly kernel: MatrixLike;
  /** [units]; zero when absent. */
  readonly bias?: VectorLike;
  /** [units, outputs]; the outputs are the states when absent. */
  readonly readout?: MatrixLike;
  /** σ; 'relu' when absent. */
  readonly activation?: ActivationLike;
  /** h_{-1} [units]; zero when absent. */
  readonly initialState?: VectorLike;
}

/** The norm in which inputs are bounded: the largest |entry|, or the Euclidean length. */
export type InputNorm = 'infinity' | '2';

/** A network whose promise holds for inputs inside a bound. */
export interface InputBounded {
  readonly inputBound: number;
  readonly inputNorm: InputNorm;
}

/** A copied and checked network; every part is there. */
export interface Network {
  readonly W: number[][];
  readonly kernel: number[][];
  readonly bias: number[];
  readonly readout: number[][];
  readonly initialState: number[];
  readonly activation: ActivationLike;
  readonly sigma: Activation;
}

/** Copies and checks a network; `name` says which of two, in errors. */
export function toNetwork(where: string, model: RNNModel, name = 'model'): Network {
  if (model === null || typeof model !== 'object') {
    const fix = 'Pass { W, kernel, bias, readout }.';
    throw new EquivalenceError(where, `${name} to be a network`, String(model), fix);
  }
  const W = toRows(where, `${name}.W`, model.W);
  const n = W.length;
  toRows(where, `${name}.W`, W, { rows: n, columns: n });
  const zeros = () => new Array<number>(n).fill(0);
  const { activation = 'relu', bias = zeros(), initialState = zeros(), readout = identity(n) } = model;
  return {
    W,
    kernel: toRows(where, `${name}.kernel`, model.kernel, { columns: n }),
    bias: toVector(where, `${name}.bias`, bias, n),
    readout: toRows(where, `${name}.readout`, readout, { rows: n }),
    initialState: toVector(where, `${name}.initialState`, initialState, n),
    activation,
    sigma: toActivation(where, activation),
  };
}

/** σ by name, or as given. */
function toActivation(where: string, activation: ActivationLike): Activation {
  if (typeof activation === 'object' && activation !== null) return activation;
  const known: Record<string, Activation> = activations;
  if (Object.hasOwn(known, activation)) return known[activation]!;
  const names = Object.keys(activations).join(', ');
  const fix = 'Or pass { value, derivative }.';
  throw new EquivalenceError(where, `activation to be one of ${names}`, String(activation), fix);
}

/** One step; `state` and `input` have the network's sizes. */
export function nextState({ W, kernel, bias, sigma }: Network, state: number[], input: number[]): number[] {
  return preActivation({ W, kernel, bias }, state, input).map((z) => sigma.value(z));
}

/** W h + kernelᵀ x + bias. */
export function preActivation(
  { W, kernel, bias }: Pick<Network, 'W' | 'kernel' | 'bias'>,
  state: readonly number[],
  input: readonly number[],
): number[] {
  return W.map((row, i) => {
    let z = 0;
    for (let j = 0; j < row.length; j++) z += row[j]! * state[j]!;
    for (let j = 0; j < input.length; j++) z += kernel[j]![i]! * input[j]!;
    return z + bias[i]!;
  });
}

/** readoutᵀ h. */
export function outputOf({ readout }: Pick<Network, 'readout'>, state: readonly number[]): number[] {
  const output = new Array<number>(readout[0]!.length).fill(0);
  for (const [i, row] of readout.entries()) {
    for (let j = 0; j < row.length; j++) output[j] = output[j]! + row[j]! * state[i]!;
  }
  return output;
}

export const identity = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
