import type { FlatNetwork, NetworkDescription } from '@hurwitz/network';
import type { MatrixLike, TensorLike, VectorLike } from './numeric-input.js';

/** A flat row-major matrix in a typed array is a Jacobian too. */
export type JacobianLike = MatrixLike | ArrayLike<number>;

/** What every kind of system may say about its sizes. */
export interface SystemShape {
  /** Length n of the state. Taken from `initialState` where it is left out. */
  readonly dimension?: number;
  /**
   * Length m of a tangent vector when it is not n: the hidden-only Jacobian of an LSTM, say, whose state also
   * carries the cell. Default n.
   */
  readonly tangentDimension?: number;
  /** Where to start when the options do not say. Default zeros. */
  readonly initialState?: ArrayLike<number>;
  /**
   * The same map as weights. Where WebAssembly is there, states and tangents are then advanced by it, and the methods
   * are not called.
   */
  readonly network?: NetworkDescription;
}

/**
 * A map h_{t+1} = step(h_t, x_t) with its derivative with respect to the state, either as a matrix or through its
 * action on tangent vectors (used when both are there). Autonomous maps ignore `input`, which is then empty.
 */
export interface MapSystem extends SystemShape {
  readonly field?: undefined;
  readonly advance?: undefined;
  step(state: number[], input: number[]): VectorLike;
  /** J_t = d step / d state at (state, input), m x m: row i is the gradient of component i. */
  jacobian?(state: number[], input: number[]): JacobianLike;
  /** J_t v for each tangent vector v; may overwrite and return `tangents`. */
  jvp?(state: number[], input: number[], tangents: Float64Array[]): ArrayLike<ArrayLike<number>> | TensorLike;
}

/**
 * A flow dh/dt = field(t, h, x), with x held constant over each step. The arguments are as in the integrators:
 * time first. `state` is one array for all calls: copy it to keep it.
 */
export interface FlowSystem extends SystemShape {
  readonly step?: undefined;
  readonly advance?: undefined;
  field(t: number, state: Float64Array, input: number[]): VectorLike;
  /** d field / d state, n x n. */
  jacobian?(t: number, state: Float64Array, input: number[]): JacobianLike;
  /** (d field / d state) v for each tangent vector v; may overwrite and return `tangents`. */
  jvp?(
    t: number,
    state: Float64Array,
    input: number[],
    tangents: Float64Array[],
  ): ArrayLike<ArrayLike<number>> | TensorLike;
}

/**
 * A map that advances a state and its tangent vectors together, in place and without allocating. The networks of
 * this package are of this kind, and so is any faster implementation.
 */
export interface InPlaceSystem extends SystemShape {
  readonly field?: undefined;
  readonly dimension: number;
  /**
   * Replaces `state` by its successor, and each of the `count` tangent vectors of `tangents` (one after the other,
   * m numbers each) by J v, with J taken at the state before the step. `count` may be 0.
   */
  advance(
    state: Float64Array,
    input: ArrayLike<number>,
    tangents: Float64Array,
    count: number,
    step: number,
  ): void;
  /** J as a matrix. Optional: spares a product with the identity where rounding is looked at entry by entry. */
  jacobian?(state: ArrayLike<number>, input: ArrayLike<number>): JacobianLike;
}

/**
 * What every function here takes: a map, a flow, or a map in place. Told apart by `field` and `advance`, which the
 * others leave undefined.
 */
export type LyapunovSystem = MapSystem | FlowSystem | InPlaceSystem;

/** The explicit Runge–Kutta coefficients that a fixed-step integrator needs; `integrators`' tableaux fit. */
export interface TableauLike {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly c: readonly number[];
}

/** How a flow is turned into a map; refused for maps. */
export interface FlowOptions {
  /** Step length of the integration, for flows only, and required there. */
  dt?: number;
  /** Explicit Runge–Kutta tableau for flows. Default: the classical fourth-order one. */
  scheme?: TableauLike;
}

/** A system made ready: sizes known, in place, time per step known. */
export interface TangentMap {
  readonly stateSize: number;
  readonly tangentSize: number;
  /** Time that one step takes: 1 for maps, dt for flows. */
  readonly timeStep: number;
  readonly initialState: Float64Array;
  readonly advance: InPlaceSystem['advance'];
  /** J at a state, row-major, where the system gives it as a matrix. */
  readonly jacobian?: (state: Float64Array, input: ArrayLike<number>) => Float64Array;
  readonly network?: FlatNetwork;
}
