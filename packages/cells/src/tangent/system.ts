import type { FlatNetwork, Rows } from '@hurwitz/network';

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
  /** Length of the input at each step; 1 where it is a token. */
  readonly inputSize: number;
  /** Where the input is a token: they are the whole numbers below this. */
  readonly vocabularySize?: number;
  /** The same map as weights, where it is one layer's; `lyapunovSpectrum` is faster with it. */
  readonly network?: FlatNetwork;
  /**
   * log |det jacobian|, where it has a closed form and so costs no more than a step: for an LSTM with its cell, a vanilla
   * or orthogonal RNN and stacks of these. `meanExponent` (@hurwitz/lyapunov) is faster with it.
   */
  logDeterminant?(state: ArrayLike<number>, input: ArrayLike<number>): number;
  /** The next state. */
  step(state: ArrayLike<number>, input: ArrayLike<number>): Float64Array;
  /** d next / d state [tangentDimension, tangentDimension]: row i holds the derivatives of the next state's entry i. */
  jacobian(state: ArrayLike<number>, input: ArrayLike<number>): number[][];
  /** The Jacobian times each of some tangent vectors [count][tangentDimension], layer by layer and stage by stage. */
  jvp(
    state: ArrayLike<number>,
    input: ArrayLike<number>,
    tangents: ArrayLike<ArrayLike<number>>,
  ): Float64Array[];
}

/** What a chain of layers is made of. Tangents stand in columns. */
export type Link = RecurrentMap | StepMap;

/** One recurrent layer as a map of its state. */
export interface RecurrentMap extends InputShape {
  readonly kind: 'recurrent';
  /** Length of what it hands on, which are the first entries of the state. */
  readonly units: number;
  readonly stateSize: number;
  readonly tangentSize: number;
  /** Whether its points have `logDeterminant`. */
  readonly closedDeterminant: boolean;
  /** Undefined where its activation has no place in a description. */
  readonly network: FlatNetwork | undefined;
  at(state: ArrayLike<number>, input: ArrayLike<number>): RecurrentPoint;
}

/** A layer that treats every time step alike and keeps nothing. */
export interface StepMap extends InputShape {
  readonly kind: 'step';
  /** Whether it hands on what it gets. */
  readonly passes?: boolean;
  /** Whether it refuses some inputs. */
  readonly refuses?: boolean;
  at(input: ArrayLike<number>): StepPoint;
}

interface InputShape {
  /** Undefined where any will do. */
  readonly inputSize: number | undefined;
  readonly vocabularySize?: number;
}

export interface RecurrentPoint {
  readonly next: Float64Array;
  /** J = d next / d state [tangentSize, tangentSize]. */
  jacobian(): Rows;
  /** log |det J|. */
  logDeterminant?(): number;
  /** J V + B u with B = d next / d input; an absent u is an input that does not change. */
  push(V: Rows, u?: Rows): Rows;
}

export interface StepPoint {
  readonly value: Float64Array;
  push(u: Rows): Rows;
}
