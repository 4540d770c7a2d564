/** A map with its tangent, in float64: what Lyapunov exponents are computed from. */
export interface TangentSystem {
  /** Size of the Jacobian. */
  readonly dimension: number;
  /** Size of the state; more than `dimension` only where part of the state is held fixed in the Jacobian. */
  readonly stateSize: number;
  /** Size of the input. */
  readonly inputDim: number;
  /** The next state. */
  step(state: ArrayLike<number>, input: ArrayLike<number>): Float64Array;
  /** d next / d state [dimension, dimension]: row i holds the derivatives of the next state's entry i. */
  jacobian(state: ArrayLike<number>, input: ArrayLike<number>): number[][];
}
