import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';

/*
 * Tensors of any rank by their types, since that is what tfjs's operations give: the shapes are checked when it runs.
 */

/** What happens at each time step of every family. */
export interface SharedSpec {
  /** Uᵀ, shape [inputDim, units] (LSTM: [inputDim, 4 units], GRU: [inputDim, 3 units]). */
  kernel: Tensor;
  /**
   * Where the mask is 0 the state is carried over unchanged and the output repeats it, as in tf.layers; whatever the inputs
   * hold there does not matter. Any other number counts as true, NaN too. Shape [batch, time], numbers or booleans.
   */
  mask?: Tensor;
  /** Read the time steps from the last to the first; `states` then lists them in the order they were read. */
  goBackwards?: boolean;
  /** Whether `states` is wanted. Without it a fused implementation keeps no sequence of states for you. */
  returnSequences?: boolean;
}

/** Vectors [batch, time, inputDim], or integer tokens [batch, time] that select rows of the kernel. */
export type RecurrenceInputs = Tensor;

export interface RecurrenceResult {
  /** [batch, time, units]; present unless `returnSequences` is false. */
  states?: Tensor3D;
  /** The state after the last step read: [h], or [h, c] for LSTM; each [batch, units]. */
  finalState: [Tensor, ...Tensor[]];
}

/** The result with its states: of every call but those with `returnSequences: false`. */
export interface RecurrenceResultWithStates extends RecurrenceResult {
  states: Tensor3D;
}
