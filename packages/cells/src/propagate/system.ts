import { matMul, reshape, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

/** A state [batch, n] and its tangent vectors, the rows of [batch, k, n]. */
export interface Propagated {
  state: Tensor2D;
  tangents: Tensor3D;
}

/** The next state, and J_t v for each tangent vector v, with J_t taken at the state before the step. */
export type TangentStep = (from: Propagated, input: Tensor) => Propagated;

/** A layer's map with its tangent as tfjs operations; what `flossing` of @hurwitz/lyapunov takes. */
export interface TangentPropagator {
  /** Length of the state: units, for LSTM twice that. */
  readonly stateSize: number;
  /** Length of a tangent vector, the same. */
  readonly tangentSize: number;
  /** Reads the weights, on the tape of a gradient if there is one, and gives the step they make. */
  prepare(): TangentStep;
}

/** v M for every vector v of [batch, k, n]. */
export function timesMatrix(vectors: Tensor3D, M: Tensor2D): Tensor3D {
  const [batch, count, size] = vectors.shape;
  const product = matMul(reshape(vectors, [batch * count, size]), M);
  return reshape(product, [batch, count, M.shape[1]]);
}

/** [batch, n] so that it meets each of the vectors [batch, k, n]. */
export const perVector = (values: Tensor2D): Tensor3D =>
  reshape(values, [values.shape[0], 1, values.shape[1]]);
