/**
 * A map with its tangent, in float64: what Lyapunov exponents are computed from. The sizes go by the names that
 * `lyapunovSpectrum` (@hurwitz/lyapunov) and the maps of @hurwitz/stability and @hurwitz/truncation look for.
 */
export interface TangentSystem {
  /** Length of the state. */
  readonly dimension: number;
  /** Size of the Jacobian; less than `dimension` only where part of the state is held fixed in it. */
  readonly tangentDimension: number;
  /** Length of the state, once more. */
  readonly stateSize: number;
  /** Length of the input. */
  readonly inputSize: number;
  /** The next state. */
  step(state: ArrayLike<number>, input: ArrayLike<number>): Float64Array;
  /** d next / d state [tangentDimension, tangentDimension]: row i holds the derivatives of the next state's entry i. */
  jacobian(state: ArrayLike<number>, input: ArrayLike<number>): number[][];
}

/** A system as its family works it out, before its arguments are checked. */
export interface RawSystem {
  readonly stateSize: number;
  /** Where it differs from `stateSize`. */
  readonly tangentSize?: number;
  readonly inputSize: number;
  step: TangentSystem['step'];
  jacobian: TangentSystem['jacobian'];
}
