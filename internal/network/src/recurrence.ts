import type { Activation, ActivationLike } from './activation-input.js';

/** h⁺ = σ(W h + kernelᵀ x + bias), copied and checked. */
export interface Recurrence {
  readonly W: number[][];
  readonly kernel: number[][];
  readonly bias: number[];
  readonly activation: ActivationLike;
  readonly sigma: Activation;
}

/** One step; `state` and `input` have the recurrence's sizes. */
export function nextState(
  recurrence: Recurrence,
  state: readonly number[],
  input: readonly number[],
): number[] {
  return preActivation(recurrence, state, input).map((z) => recurrence.sigma.value(z));
}

/** W h + kernelᵀ x + bias. */
export function preActivation(
  { W, kernel, bias }: Pick<Recurrence, 'W' | 'kernel' | 'bias'>,
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
