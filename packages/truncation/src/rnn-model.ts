import { nextState, type Recurrence, type RNNWeights, weightsInput } from '@hurwitz/network';
import type { ActivationLike, TransitionMap } from '@hurwitz/stability';
import { TruncationError } from './errors.js';
import { checkMembers } from './numeric-input.js';

/** h_t = σ(W h_{t-1} + kernelᵀ x_t + bias) from h = 0. */
export interface RNNModel extends RNNWeights {
  /** σ; 'tanh' when absent. */
  readonly activation?: ActivationLike;
}

/** A network by its weights, or any map h⁺ = φ(h, x), as `vanillaMap` and `lstmMap` of @hurwitz/stability give it. */
export type RecurrentModel = RNNModel | Pick<TransitionMap, 'stateSize' | 'inputSize' | 'step'>;

const { toRecurrence } = weightsInput(TruncationError);

/** Copies and checks a network, which may carry more members; a misspelt one is refused. */
export function toNetwork(where: string, model: RNNModel): Recurrence {
  checkMembers(where, model, {
    known: { W: true, kernel: true, bias: true, activation: true },
    expected: 'a model',
    fix: 'Pass { W, kernel, bias, activation }.',
  });
  return toRecurrence(where, model, { defaultActivation: 'tanh' });
}

/** The state after the inputs, from zero. */
export function lastState(network: Recurrence, inputs: readonly number[][]): number[] {
  let state = network.bias.map(() => 0);
  for (const input of inputs) state = nextState(network, state, input);
  return state;
}
