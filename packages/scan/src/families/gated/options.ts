import type { Tensor } from '@tensorflow/tfjs-core';
import { refuse } from '../../checks.js';
import type { FamilyTensor } from '../../family.js';
import type { SharedSpec } from '../../shared-spec.js';

export type CellActivation = 'tanh' | 'relu' | 'linear' | 'sigmoid';

/** What LSTM and GRU have in common. */
export interface GatedSpec extends SharedSpec {
  /** Shape [units, gates · units], multiplies rows as in tf.layers. */
  recurrentKernel: Tensor;
  /** Shape [gates · units]. */
  bias?: Tensor;
  activation?: CellActivation;
  recurrentActivation?: 'sigmoid' | 'hardSigmoid';
}

export interface GatedAttributes {
  activation: CellActivation;
  recurrentActivation: 'sigmoid' | 'hardSigmoid';
}

/** The tensors of a family of so many gates, besides its kernel. */
export const gatedTensors = (gates: number): Record<string, FamilyTensor> => ({
  recurrentKernel: { shape: ({ units }) => [units, gates * units] },
  bias: { shape: ({ units }) => [gates * units], optional: true },
});

export const gatedOptions = ['activation', 'recurrentActivation'];

const ACTIVATIONS: readonly string[] = ['tanh', 'relu', 'linear', 'sigmoid'];
const RECURRENT_ACTIVATIONS: readonly string[] = ['sigmoid', 'hardSigmoid'];

/** The activations of an LSTM or a GRU, with their defaults. */
export function gatedAttributes(spec: Partial<GatedAttributes>): GatedAttributes {
  const { activation = 'tanh', recurrentActivation = 'hardSigmoid' } = spec;
  if (!ACTIVATIONS.includes(activation)) {
    refuse('activation tanh, relu, linear or sigmoid', activation, 'Pick one of them.');
  }
  if (!RECURRENT_ACTIVATIONS.includes(recurrentActivation)) {
    refuse("recurrentActivation 'sigmoid' or 'hardSigmoid'", recurrentActivation, 'Pick one of them.');
  }
  return { activation, recurrentActivation };
}
