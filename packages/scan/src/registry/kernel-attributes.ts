import type { RecurrenceAttributes, TensorName } from '../problem.js';

/** The names of the forward and the gradient kernel in tfjs's registry. */
export const RECURRENCE = 'HurwitzRecurrence';
export const RECURRENCE_GRADIENT = 'HurwitzRecurrenceGrad';

/** What both kernels are told. */
interface SharedAttributes {
  recurrence: RecurrenceAttributes;
  names: TensorName[];
  /** Outputs that are part of the result: states (if wanted), final states. What follows is the implementation's own. */
  resultCount: number;
}
export type KernelAttributes = SharedAttributes & { recordTape: boolean };
export type GradientAttributes = SharedAttributes & { inputGradient: boolean };

/** Tensors whose gradients the backward pass gives. */
export const differentiable = ({
  names,
  inputGradient,
}: Pick<GradientAttributes, 'names' | 'inputGradient'>): TensorName[] =>
  names.filter((name) => name !== 'mask' && (name !== 'inputs' || inputGradient));
