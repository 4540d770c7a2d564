import {
  add,
  matMul,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/** A state [batch, n] and its tangent vectors, the rows of [batch, k, n]. */
export interface Propagated {
  state: Tensor2D;
  tangents: Tensor3D;
}

/** The next state, and J_t v for each tangent vector v, with J_t taken at the state before the step. */
export type TangentStep = (from: Propagated, input: Tensor) => Propagated;

/** A step on input vectors [batch, inputDim], and the kernel that it multiplies them by. */
export interface PreparedStep {
  kernel: Tensor2D;
  step: (from: Propagated, input: Tensor2D) => Propagated;
}

/** A layer's map with its tangent as tfjs operations; what `flossing` of @hurwitz/lyapunov takes. */
export interface TangentPropagator {
  /** Length of the state: units, for LSTM twice that. */
  readonly stateSize: number;
  /** Length of a tangent vector, the same. */
  readonly tangentSize: number;
  /** Reads the weights, on the tape of a gradient if there is one, and gives the step they make. */
  prepare(): TangentStep;
}

/** U x + b as rows. */
export function affine(x: Tensor2D, kernel: Tensor2D, bias?: Tensor1D): Tensor2D {
  const product = matMul<Tensor2D>(x, kernel);
  return bias ? add<Tensor2D>(product, bias) : product;
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
