import type { ArrayName, RecurrenceAttributes, RecurrenceSizes } from '@hurwitz/kernels';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RecurrentFamily } from './family.js';

export type { RecurrenceAttributes } from '@hurwitz/kernels';

/** Every tensor that a recurrence of this package's own families can depend on, by name. */
export type TensorName = ArrayName;

/** A checked recurrence in its normal form, the one thing that implementations read. */
export interface RecurrenceProblem {
  attributes: RecurrenceAttributes;
  /** Only those present; `initialH`, `initialC` absent mean zeros. */
  tensors: Partial<Record<TensorName, Tensor>> & { inputs: Tensor; kernel: Tensor };
}

/** A checked recurrence of any family. */
export interface FamilyProblem {
  family: RecurrentFamily;
  attributes: RecurrenceSizes & { family: string };
  tensors: { readonly [name: string]: Tensor | undefined; inputs: Tensor; kernel: Tensor };
}
