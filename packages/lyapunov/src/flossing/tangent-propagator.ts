import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** A state and its tangent vectors, one after the other as rows. */
export interface Propagated {
  /** [batch, n] */
  state: Tensor2D;
  /** [batch, k, m]: row i of each matrix is one tangent vector. */
  tangents: Tensor3D;
}

/**
 * One step of a map together with its derivative: the next state, and J_t v for each tangent vector v, with J_t at the
 * state before the step. Built from tfjs operations, so that both can be differentiated in the weights.
 */
export type TangentStep = (from: Propagated, input: Tensor) => Propagated;

/**
 * A differentiable map with its tangent, as TensorFlow.js operations: what `flossing` takes. `tangentPropagator` of
 * @hurwitz/cells makes one from a layer.
 */
export interface TangentPropagator {
  /** Length n of the state. */
  readonly stateSize: number;
  /** Length m of a tangent vector. */
  readonly tangentSize: number;
  /**
   * Reads the weights, for the steps that follow. Called once per evaluation and inside the gradient's tape: what does
   * not depend on time, such as a structured matrix, is worked out here.
   */
  prepare(): TangentStep;
}
