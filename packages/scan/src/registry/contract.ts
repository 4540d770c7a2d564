import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { RecurrenceAttributes, RecurrenceProblem, TensorName } from '../problem.js';

/*
 * How a fused implementation takes over from the plain path.
 *
 * Per backend two kernels stand in tfjs's registry: the recurrence and its gradient. The gradient of the first is
 * registered once, for all backends, and runs the second. `recurrence` uses them when the current backend has them and
 * their `supports` accepts the problem; it keeps to plain operations inside nested gradients, so second derivatives
 * are always right and an implementation never needs to be differentiable itself.
 */

/** Tensors by name, as the backend sees them. Absent ones are missing, see {@link RecurrenceProblem}. */
export type NamedInfos = { [name in TensorName]?: TensorInfo } & { [name: string]: TensorInfo | undefined };

export interface ForwardRequest {
  attributes: RecurrenceAttributes;
  tensors: NamedInfos;
  /** A gradient may be asked for; when false, nothing needs to be kept for it. */
  recordTape: boolean;
  /** The tfjs backend that holds the tensors (`readSync`, and on wasm the heap). */
  backend: object;
}

export interface BackwardRequest {
  attributes: RecurrenceAttributes;
  tensors: NamedInfos;
  /** All that `forward` returned for the same problem, in its order. */
  outputs: TensorInfo[];
  /** Cotangents of `states` (if `returnSequences`) and of each final state, in that order; zeros where unused. */
  cotangents: TensorInfo[];
  /** Whether the gradient of float inputs is asked for; for tokens there is none. */
  inputGradient: boolean;
  backend: object;
}

/** The recurrence of one backend, forward and backward through time. */
export interface FusedImplementation {
  /**
   * The names of the families that it has kernels for; those of this package when absent. For a family from outside, the
   * problem's attributes are its own beside the sizes, and its tensors go by its own names.
   */
  readonly families?: readonly string[];
  /** Whether it can serve this problem; plain operations do otherwise. Only shapes and data types may be read. */
  supports(problem: RecurrenceProblem): boolean;
  /**
   * Returns, newly allocated on the backend: states [batch, time, units] (only if `returnSequences`), then each final state in
   * the family's order (h, for LSTM c), then any number up to {@link MAX_RESIDUALS} of tensors that `backward` wants to see again. tfjs
   * keeps them until the gradient has run and then disposes of them; it also makes a zero cotangent for each, so let them
   * be small, such as the handle of a tape that lives elsewhere.
   */
  forward(request: ForwardRequest): TensorInfo[];
  /** Returns the gradient of every float32 tensor given but the mask and, unless asked for, the inputs; more are ignored. */
  backward(request: BackwardRequest): NamedInfos;
}

export const MAX_RESIDUALS = 4;
