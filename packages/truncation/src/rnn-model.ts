import { nextState, type Recurrence, type RNNWeights, weightsInput } from '@hurwitz/rnn-model';
import type { ActivationLike, TransitionMap } from '@hurwitz/stability';
import { TruncationError } from './errors.js';

/** h_t = σ(W h_{t-1} + kernelᵀ x_t + bias) from h = 0. */
export interface RNNModel extends RNNWeights {
  /** σ; 'tanh' when absent. */
  readonly activation?: ActivationLike;
}

/** A network by its weights, or any map h⁺ = φ(h, x), as `vanillaMap` and `lstmMap` of @hurwitz/stability give it. */
export type RecurrentModel = RNNModel | Pick<TransitionMap, 'stateSize' | 'inputSize' | 'step'>;

const { toRecurrence } = weightsInput(TruncationError);

/** Copies and checks a network. */
export function toNetwork(where: string, model: RNNModel): Recurrence {
  if (model === null || typeof model !== 'object') {
    throw new TruncationError(where, 'a model', String(model), 'Pass { W, kernel, bias, activation }.');
  }
  return toRecurrence(where, model, { defaultActivation: 'tanh' });
}

/** The state after the inputs, from zero. */
export function lastState(network: Recurrence, inputs: readonly number[][]): number[] {
  let state = network.bias.map(() => 0);
  for (const input of inputs) state = nextState(network, state, input);
  return state;
}
