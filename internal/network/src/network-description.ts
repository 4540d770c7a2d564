import type { MatrixLike, VectorLike } from '@hurwitz/input';
import type { DescribedActivation } from './scalar-functions.js';

/*
 * The one way to say which recurrent network it is. Layers give it, importers make it, and whatever computes on a network reads
 * it. `M` is how matrices are held, `V` how vectors.
 */

/** A matrix as rows, as a rank-2 tensor, or row by row in one Float64Array. */
export type WeightMatrix = MatrixLike | Float64Array;

/** The matrix as rows or a tensor, given how many columns it has. */
export const asMatrix = (value: WeightMatrix, columns: number): MatrixLike =>
  value instanceof Float64Array ? { shape: [value.length / columns, columns], dataSync: () => value } : value;

/** What every family says. Matrices multiply column vectors. They are read once and not changed. */
interface LayerDescription<M, V> {
  readonly units: number;
  /** Length of an input vector; with `tokens`, the number of tokens. */
  readonly inputDim: number;
  /** Inputs are [token], a whole number from 0 to inputDim - 1 that selects a column of the kernel. */
  readonly tokens?: boolean;
  /** [gates units, units], the gates one below the other. */
  readonly W: M;
  /** U, [gates units, inputDim]: the transpose of tf.layers' kernel. */
  readonly kernel: M;
  /** [gates units]. Default zeros. */
  readonly bias?: V;
}

/**
 * The dynamical family, with one Runge–Kutta step of k per input:
 *
 *     k(h) = g ∘ (A h + act(W h + z)),  z = kernel x + bias,  g = sigmoid(W h + gate.kernel x + gate.bias) or 1
 *     h⁺ = carry h + epsilon Σ_i b_i k_i,  k_i = k(h + epsilon Σ_j a_ij k_j)
 *
 * The state is h. With 'modrelu' `bias` has its thresholds, sign(z) max(|z| + bias, 0), and z is kernel x alone.
 */
export interface DynamicalDescription<M = WeightMatrix, V = VectorLike> extends LayerDescription<M, V> {
  readonly family: 'dynamical';
  readonly activation: DescribedActivation | 'modrelu';
  /** [units, units], as W. Absent for none. */
  readonly A?: M;
  /** kernel [units, inputDim] and bias [units] of the gate g. Absent for none. */
  readonly gate?: { readonly kernel: M; readonly bias?: V };
  /** 1 for the residual forms, 0 for the vanilla RNN. */
  readonly carry: 0 | 1;
  readonly epsilon: number;
  /** The explicit tableau: row i of `a` has at least i entries, of which the first i are read. Absent for Euler. */
  readonly scheme?: { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };
}

interface GatedDescription<M, V> extends LayerDescription<M, V> {
  readonly activation: DescribedActivation;
  /** Of the gates. */
  readonly recurrentActivation: DescribedActivation;
}

/**
 * tf.layers' LSTM; the state is [h, c], 2 units numbers, and the gates are i, f, c, o:
 *
 *     c⁺ = f∘c + i∘g,  h⁺ = o∘act(c⁺);   i, f, o = rec(z), g = act(z),  z = W h + kernel x + bias
 */
export interface LSTMDescription<M = WeightMatrix, V = VectorLike> extends GatedDescription<M, V> {
  readonly family: 'lstm';
  /** Tangents of h alone, `units` numbers, with the cell held fixed. */
  readonly hiddenOnly?: boolean;
}

/**
 * tf.layers' GRU (resetAfter false); the state is h, and the gates are z, r, h:
 *
 *     h⁺ = z∘h + (1 - z)∘g,   g = act(W_h (r∘h) + kernel_h x + bias_h),   z, r = rec(W h + kernel x + bias)
 */
export interface GRUDescription<M = WeightMatrix, V = VectorLike> extends GatedDescription<M, V> {
  readonly family: 'gru';
}

/** A recurrent network as plain data. */
export type NetworkDescription<M = WeightMatrix, V = VectorLike> =
  | DynamicalDescription<M, V>
  | LSTMDescription<M, V>
  | GRUDescription<M, V>;

/** With every matrix row by row in one array: what layers give and kernels read. */
export type FlatNetwork = NetworkDescription<Float64Array, Float64Array>;

/** Gates of each family, one below the other in its matrices. */
export const gatesOf = { dynamical: 1, lstm: 4, gru: 3 } as const satisfies Record<
  NetworkDescription['family'],
  number
>;
