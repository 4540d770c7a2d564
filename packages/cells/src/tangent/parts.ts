import type { ActivationName, Rows } from '@hurwitz/network';
import type { Activation } from '@hurwitz/scan';
import type { InputWeights } from './input-weights.js';

/** What a layer of the dynamical family is made of; see `recurrence` of @hurwitz/scan. */
export interface DynamicalParts {
  carry: 0 | 1;
  epsilon: number;
  activation: Activation | ActivationName;
  a: readonly (readonly number[])[];
  b: readonly number[];
  W: Rows;
  A?: Rows;
  input: InputWeights;
  bias: ArrayLike<number>;
  gate?: { U: Rows; bias: ArrayLike<number> };
}

/** The weights of an LSTM (gates i, f, c, o) or GRU (z, r, h) by gate. */
export interface GatedParts {
  /** U, each [units, inputDim]. */
  U: Rows[];
  /** Each [units, units], multiplying a column vector. */
  W: Rows[];
  bias: Float64Array[];
  activation: ActivationName;
  recurrentActivation: ActivationName;
  /** Whether the input is a token. */
  tokens: boolean;
}
