import type { FlatNetwork, Rows } from '@hurwitz/network';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Guard } from './plain/select.js';

/*
 * The contract of a recurrent family: data, and one step. `recurrence` runs whatever meets it, with gradients, masks, tokens
 * and either direction of time; a fused kernel and a tangent map are further parts that a family may have.
 */

/** Sizes that shapes are made from. */
export interface FamilySizes {
  units: number;
  /** Length of an input vector, or the number of tokens. */
  inputDim: number;
}

/** A tensor that a family reads, beside the kernel and the initial state. */
export interface FamilyTensor<Options extends object = object> {
  shape(sizes: FamilySizes): number[];
  /** Whether it may be left out; false when absent. */
  optional?: boolean | ((spec: Options) => boolean);
  /** Where the specification has it, if not as an option of the tensor's own name. */
  of?(spec: Options): unknown;
  /** What the user calls it, where that is not its own name. */
  called?: string;
}

/** The weights of a recurrence by name, and its options with every default filled in. */
export interface FamilyWeights<Attributes extends object = object, Values = Tensor> {
  attributes: Attributes & FamilySizes;
  /** Those that the specification has; where a sequence runs, its `inputs`, `mask` and initial states too. */
  tensors: { readonly [name: string]: Values | undefined };
}

/** A family on one set of weights: what does not depend on the time step is already computed. */
export interface PreparedStep {
  /** U and b of the drive U x + b, as rows: [inputDim, k] and [k]. The drive of the whole sequence is one product. */
  kernel: Tensor;
  bias?: Tensor;
  /**
   * The next states from the states and the drive [batch, k] of the step. State and drive hold 0 in masked rows; every product
   * with weights, and every weight that is added, goes through `guard`, which puts 0 in those rows of it.
   */
  step(states: Tensor2D[], drive: Tensor2D, guard: Guard): Tensor2D[];
}

/** One tensor's numbers on the host, row by row. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The step of a family as a map with its tangent, in float64. Its state is the family's states one after the other. */
export interface TangentMap {
  /** U [k, inputDim] and b [k] of the drive U x + b; these multiply a column vector. */
  drive: { kernel: Rows; bias?: ArrayLike<number> };
  /** Whether the points have `logDeterminant`; false when absent. */
  closedDeterminant?: boolean;
  at(state: Float64Array, drive: Float64Array): TangentPoint;
}

export interface TangentPoint {
  next: Float64Array;
  /**
   * J V + D u with J = d next / d state and D = d next / d drive; the tangents are the columns of V and u. An absent V is the
   * identity, an absent u zero.
   */
  push(V?: Rows, u?: Rows): Rows;
  /** log |det J|, where it has a closed form. */
  logDeterminant?(): number;
}

/** A state [batch, n] and its tangent vectors, the rows of [batch, count, n]. */
export interface Propagated {
  state: Tensor2D;
  tangents: Tensor3D;
}

/** The tangent map in tfjs operations that are differentiable in the weights. */
export interface PreparedPropagation {
  kernel: Tensor2D;
  bias?: Tensor1D;
  step(from: Propagated, drive: Tensor2D): Propagated;
}

/** What {@link defineFamily} takes. */
export interface FamilyDefinition<Options extends object = object, Attributes extends object = object> {
  /** For messages and kernels. */
  readonly name: string;
  /** The states by name with their widths, in units. The first is the output. Example: `{ h: 1, c: 1 }`. */
  readonly states: { readonly [name: string]: number };
  /** How many blocks of `units` columns the kernel has: its shape is [inputDim, blocks · units]. */
  readonly blocks: number;
  /** The name of the recurrent matrix, whose first size is the number of units; without one the kernel's columns tell. */
  readonly recurrent?: string;
  readonly tensors: { readonly [name: string]: FamilyTensor<Options> };
  /** The names of the options that are no tensors. */
  readonly options: readonly string[];
  /** Checks the options and fills in their defaults: plain data, the same for the same options. */
  attributes(spec: Options): Attributes;
  /** The plain, differentiable step that every kernel is tested against. */
  prepare(weights: FamilyWeights<Attributes>): PreparedStep;
  /** The step and its tangent in float64, for Lyapunov exponents and stability checks. */
  tangent?(weights: FamilyWeights<Attributes, HostTensor>): TangentMap;
  /** The tangent map in tfjs operations, where the family has one that is faster than differentiating the step. */
  propagate?(weights: FamilyWeights<Attributes>): PreparedPropagation;
  /** The same weights as plain data, where `lyapunovSpectrum` knows the family. */
  describe?(weights: FamilyWeights<Attributes, HostTensor>): FlatNetwork | undefined;
}

/** A family that `recurrence` runs. */
export interface RecurrentFamily<Options extends object = object, Attributes extends object = object>
  extends FamilyDefinition<Options, Attributes> {
  /** The initial states by the names that a problem has for them: `initialH` for the state h. */
  readonly initial: readonly { readonly name: string; readonly called: string; readonly width: number }[];
  /** The tensors with their names, and every option of a specification as a key: made once, since each call reads them. */
  readonly named: readonly (readonly [name: string, tensor: FamilyTensor<Options>])[];
  readonly known: Readonly<Record<string, true>>;
}

/** A family whose options and attributes are not told by its type. */
// biome-ignore lint/suspicious/noExplicitAny: of any options and attributes
export type AnyFamily = RecurrentFamily<any, any>;
