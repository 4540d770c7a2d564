import type { Tensor } from '@tensorflow/tfjs-core';
import type { DynamicalAttributes } from './families/dynamical/options.js';
import type { GatedAttributes } from './families/gated/options.js';
import type { RecurrentFamily } from './family.js';

export type { CellActivation } from './families/gated/options.js';

/** Every tensor that a recurrence of this package's own families can depend on, by name. */
export type TensorName =
  | 'inputs'
  | 'kernel'
  | 'W'
  | 'A'
  | 'bias'
  | 'gateKernel'
  | 'gateBias'
  | 'recurrentKernel'
  | 'initialH'
  | 'initialC'
  | 'mask';

/** What a sequence of any family is besides its tensors and the family's own options. */
export interface SequenceAttributes {
  units: number;
  batch: number;
  time: number;
  inputDim: number;
  /** The inputs are integer tokens that select rows of the kernels. */
  tokens: boolean;
  goBackwards: boolean;
  returnSequences: boolean;
}

/** What a recurrence is besides its tensors: plain data, every default filled in. */
export type RecurrenceAttributes = SequenceAttributes &
  (({ family: 'dynamical' } & DynamicalAttributes) | ({ family: 'lstm' | 'gru' } & GatedAttributes));

/** A checked recurrence in its normal form, the one thing that implementations read. */
export interface RecurrenceProblem {
  attributes: RecurrenceAttributes;
  /** Only those present; `initialH`, `initialC` absent mean zeros. */
  tensors: Partial<Record<TensorName, Tensor>> & { inputs: Tensor; kernel: Tensor };
}

/** A checked recurrence of any family. */
export interface FamilyProblem {
  family: RecurrentFamily;
  attributes: SequenceAttributes & { family: string };
  tensors: { readonly [name: string]: Tensor | undefined; inputs: Tensor; kernel: Tensor };
}
