/*
 * The contract between those who need a recurrence or tangents computed (`scan`, `lyapunov`) and the devices that compute
 * them. Problems and results are plain data: sizes, options and typed arrays, no tensors.
 */

import type { DynamicalDescription, FlatNetwork } from '@hurwitz/network';

/** A place where kernels run, such as WebAssembly or native code. */
export interface Device {
  /** Its name in `HURWITZ_KERNELS`, in error messages and in `hurwitz doctor`. */
  readonly name: string;
  /** Why it cannot run on this host, as one clause; undefined where it can. It may start the device, and is asked often. */
  absence(): string | undefined;
  /** What decides its results beside its name, in a few words, such as an instruction set. Other words, other bits. */
  arithmetic?(): string;
  /** What it does for recurrences; absent if nothing. */
  readonly recurrence?: RecurrenceKernels;
  /** What it does for Lyapunov exponents; absent if nothing. */
  readonly tangents?: TangentKernels;
}

/** A device in a list: its name, and why it cannot run on this host. */
export interface DeviceStatus {
  name: string;
  absence: string | undefined;
}

/* ---------------------------------------------------------------------------------------------------- recurrences */

/** The arrays of a recurrence. All matrices are row-major; {@link RecurrenceArrays} has their shapes. */
export type ArrayName =
  | 'inputs'
  | 'kernel'
  | 'W'
  | 'A'
  | 'bias'
  | 'gateKernel'
  | 'gateBias'
  | 'recurrentKernel'
  | 'initialH'
  | 'initialC'
  | 'mask';

export type TypedArray = Float32Array | Int32Array | Uint8Array;

/**
 * The arrays that a recurrence has; those that are absent count as zero (the mask: as true).
 *
 * - `inputs`: float32 [batch, time, inputDim], or int32 tokens [batch, time] in 0..inputDim-1, which the caller has checked.
 * - dynamical: `kernel` [inputDim, units], `W` and `A` [units, units] (they multiply column vectors), `bias` [units],
 *   `gateKernel` [inputDim, units], `gateBias` [units].
 * - lstm, gru: `kernel` [inputDim, gates units], `recurrentKernel` [units, gates units], `bias` [gates units]. The gates are
 *   i, f, c, o and z, r, h.
 * - `initialH`, `initialC` (lstm): [batch, units].
 * - `mask` [batch, time], of any type: where it is 0 the state is carried over. Any other number counts as true, NaN too.
 */
export type RecurrenceArrays = Partial<Record<ArrayName, TypedArray>>;

/** What every family says. */
export interface RecurrenceSizes {
  units: number;
  batch: number;
  time: number;
  inputDim: number;
  /** The inputs are tokens that select rows of the kernels. */
  tokens: boolean;
  /** The time steps are read from the last to the first; `states` lists them in the order they were read. */
  goBackwards: boolean;
  /** Whether the states of all steps are wanted, or the last alone. */
  returnSequences: boolean;
}

export type CellActivationName = 'tanh' | 'relu' | 'linear' | 'sigmoid';

/**
 * One Runge–Kutta step per input:
 *
 *     k(h) = g ∘ (A h + act(W h + U x + b)),  g = sigmoid(W h + U_g x + b_g), or 1 without a gate's kernel
 *     h⁺   = carry h + epsilon Σ_i b_i k_i,  k_i = k(h + epsilon Σ_j a_ij k_j)
 *
 * Under modReLU the bias is the threshold, sign(z) max(|z| + bias, 0), and no part of z.
 */
export interface DynamicalStep {
  family: 'dynamical';
  carry: 0 | 1;
  epsilon: number;
  activation: CellActivationName | 'modrelu';
  /** An explicit tableau: row i of `a` has at most i entries. */
  a: readonly (readonly number[])[];
  b: readonly number[];
}

/** tf.layers' LSTM, or its GRU. */
export interface GatedStep {
  family: 'lstm' | 'gru';
  activation: CellActivationName;
  recurrentActivation: 'sigmoid' | 'hardSigmoid';
  /**
   * GRU: the reset gate multiplies the product of the state, and not the state, as in Keras and PyTorch. The bias then has the
   * shape `[2, gates units]`, with a row for the inputs and a row for the state. Not every device has it.
   */
  resetAfter?: boolean;
}

export type RecurrenceAttributes = RecurrenceSizes & (DynamicalStep | GatedStep);

/** A recurrence before its arrays are there: which it is, and which arrays it has. */
export interface RecurrenceShape {
  attributes: RecurrenceAttributes;
  has(name: ArrayName): boolean;
}

/** A recurrence with its arrays. */
export interface RecurrenceProblem {
  attributes: RecurrenceAttributes;
  arrays: RecurrenceArrays;
}

/** Results of a forward pass. They may be views of the device's memory: copy them before anything else runs on it. */
export interface RecurrenceResults {
  /** [batch, time, units]; undefined unless `returnSequences`. */
  states: Float32Array | undefined;
  /** The state after the last step: [h], for lstm [h, c]; each [batch, units]. */
  final: Float32Array[];
}

export interface ForwardOptions {
  /** Whether to keep what the gradient needs. */
  tape: boolean;
  /** Gets the results once they are there, and before `forward` returns. */
  receive?: (results: RecurrenceResults) => void;
}

/** The gradients of the results; absent ones are zero. Shapes as in {@link RecurrenceResults}. */
export interface Cotangents {
  states?: Float32Array | undefined;
  final: (Float32Array | undefined)[];
}

/** Gradients by array, each of the array's own length and the caller's to keep. */
export type Gradients = Partial<Record<ArrayName, Float32Array>>;

/** What a device keeps between a forward pass and its gradient. Its content is the device's own. */
export interface RecurrenceTape {
  /** Bytes that it holds. */
  readonly bytes: number;
  /**
   * The gradients of every float array of the problem but the mask; of float inputs only where `inputs` asks for it. The
   * arrays of `problem` must hold the same numbers as in the forward pass, and may lie elsewhere.
   */
  backward(problem: RecurrenceProblem, cotangents: Cotangents, options: { inputs: boolean }): Gradients;
  /** Frees it. Every tape must be released, once; `backward` does not. */
  release(): void;
}

/**
 * Recurrences on one device, forward and backward through time. NaN and infinities follow IEEE arithmetic: whatever depends
 * on a NaN is NaN, except behind a mask. A tape follows {@link setMaxTapeBytes}. Results depend on the problem alone,
 * not on the number of threads.
 *
 * @example
 * ```ts
 * import { type RecurrenceProblem, recurrenceDevice } from '@hurwitz/kernels';
 *
 * const problem: RecurrenceProblem = {
 *   attributes: {
 *     family: 'dynamical', units: 2, batch: 1, time: 3, inputDim: 1, tokens: false,
 *     goBackwards: false, returnSequences: false,
 *     carry: 1, epsilon: 0.5, activation: 'linear', a: [[]], b: [1],
 *   },
 *   arrays: {
 *     inputs: Float32Array.of(1, 1, 1),
 *     kernel: Float32Array.of(1, 0),
 *     W: Float32Array.of(0, -1, 1, 0),
 *   },
 * };
 * const shape = { attributes: problem.attributes, has: (name) => name in problem.arrays };
 * const device = recurrenceDevice(shape);
 * const tape = device?.recurrence.forward(problem, {
 *   tape: true,
 *   receive: ({ final: [h] }) => console.log(device.name, [...h!]), // wasm [ 1.375, 0.75 ]
 * });
 * try {
 *   const gradients = tape?.backward(problem, { final: [Float32Array.of(1, 0)] }, { inputs: false });
 *   console.log(gradients?.kernel); // Float32Array [ 1.375, -0.75 ]
 * } finally {
 *   tape?.release();
 * }
 * ```
 */
export interface RecurrenceKernels {
  /** Whether it can compute this recurrence, and is a good place for it. */
  supports(shape: RecurrenceShape): boolean;
  /**
   * Runs the recurrence, and returns its tape if `options` ask for one.
   *
   * @throws {@link MemoryError} where memory does not suffice, and {@link ThreadError} where a thread died. Nothing is
   *   held then.
   */
  forward(problem: RecurrenceProblem, options: ForwardOptions): RecurrenceTape | undefined;
}

/* -------------------------------------------------------------------------------------------------------- tangents */

/** The weights of a network as plain data, its matrices row by row. */
export type Network = FlatNetwork;
export type DynamicalNetwork = DynamicalDescription<Float64Array, Float64Array>;

export interface TangentOptions {
  /** Trajectories that advance together. */
  batch: number;
  /** Tangent vectors of each. */
  count: number;
  /** Numbers of the tangent vectors; states are always in float64. */
  precision: 'float64' | 'float32';
}

/** What stopped being finite, and on which trajectory. */
export interface TangentFault {
  quantity: 'state' | 'tangent';
  trajectory: number;
}

/** What factorisations found about one trajectory: views, good until anything else is allocated on the device. */
export interface TangentGrowth {
  /**
   * Logarithm of each vector's growth, [count], added up since the caller set it to 0; -Infinity for a vector in the span
   * of those before it, which has become zero.
   */
  growth: Float64Array;
  /** Not 0 for vectors whose growth rounding hides, [count]. */
  unresolved: Uint8Array;
}

/** What one call of `run` does. */
export interface TangentWork {
  /** A step of every state, from its inputs, and of its tangent vectors. */
  step: boolean;
  /** Then the factorisation of the tangent vectors. */
  factorise: boolean;
  /** Whether one step lies between this factorisation and the last. */
  afterOneStep: boolean;
  /** This trajectory alone, for a factorisation without a step. */
  only?: number;
}

/** The states and tangent vectors of a batch of trajectories on a device, which advance together. */
export interface TangentBatch {
  /** Where the inputs of the next step go: [batch, inputDim], tokens [batch]. A view, good until anything else is called. */
  inputs(): Float64Array;
  /** Steps, factorises or both. Returns what stopped being finite. Throws {@link ThreadError} where a thread died. */
  run(work: TangentWork): TangentFault | undefined;
  /** What the factorisations found, one for each trajectory. */
  growth(): readonly TangentGrowth[];
  /** A copy of a state: [units], of an LSTM [2 units]. */
  state(trajectory: number): Float64Array;
  setState(trajectory: number, state: Float64Array): void;
  /** A copy of the tangent vectors, one after the other: [count, units], of an LSTM with its cell [count, 2 units]. */
  frame(trajectory: number): Float64Array;
  setFrame(trajectory: number, frame: Float64Array): void;
  /** Whether at least so many components have a tangent vector in which they are not 0. */
  hasRows(trajectory: number, least: number): boolean;
  /** Frees the batch; nothing else may be called then. A batch that is forgotten is freed with the garbage. */
  release(): void;
}

/** The propagation of a network's states and tangent vectors on one device: what Lyapunov exponents are made of. */
export interface TangentKernels {
  /** Whether it can propagate this network, and is a good place for it. */
  supports(network: Network, options: TangentOptions): boolean;
  /**
   * A batch whose states and tangent vectors are zero.
   *
   * @throws {@link MemoryError} where memory does not suffice.
   */
  start(network: Network, options: TangentOptions): TangentBatch;
}
