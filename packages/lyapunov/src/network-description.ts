import type { ActivationName } from './systems/activation.js';

/** What every family says. All matrices are flat and row-major, in float64; they are read once and not changed. */
interface LayerDescription {
  readonly units: number;
  /** Length of an input vector; with `tokens`, the number of tokens. */
  readonly inputDim: number;
  /** Inputs are [token], a whole number from 0 to inputDim - 1 that selects a column of the kernel. */
  readonly tokens?: boolean;
  readonly activation: ActivationName | 'modrelu';
}

/**
 * The dynamical family, with one Runge–Kutta step of k per input:
 *
 *     k(h) = g ∘ (A h + act(W h + z)),  z = kernel x + bias,  g = sigmoid(W h + gate.kernel x + gate.bias) or 1
 *     h⁺ = carry h + epsilon Σ_i b_i k_i,  k_i = k(h + epsilon Σ_j a_ij k_j)
 *
 * The state is h.
 */
export interface DynamicalDescription extends LayerDescription {
  readonly family: 'dynamical';
  /** [units, units], multiplies the state as a column vector. */
  readonly W: Float64Array;
  /** [units, units], as W. Absent for none. */
  readonly A?: Float64Array;
  /** U, [units, inputDim], multiplies the input as a column vector: the transpose of tf.layers' kernel. */
  readonly kernel: Float64Array;
  /** [units]. With 'modrelu' these are its thresholds, sign(z) max(|z| + bias, 0), and z is kernel x alone. */
  readonly bias?: Float64Array;
  /** kernel [units, inputDim] and bias [units] of the gate g. Absent for none. */
  readonly gate?: { readonly kernel: Float64Array; readonly bias?: Float64Array };
  /** 1 for the residual forms, 0 for the vanilla RNN. */
  readonly carry: 0 | 1;
  readonly epsilon: number;
  /** The explicit tableau: row i of `a` has at least i entries, of which the first i are read. Absent for Euler. */
  readonly scheme?: { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };
}

/**
 * tf.layers' LSTM; the state is [h, c], 2 units numbers. The rows of the weights are the gates i, f, c, o, `units` rows
 * each:
 *
 *     c⁺ = f∘c + i∘g,  h⁺ = o∘act(c⁺);   i, f, o = rec(z), g = act(z),  z = W h + kernel x + bias
 */
export interface LSTMDescription extends LayerDescription {
  readonly family: 'lstm';
  readonly activation: ActivationName;
  readonly recurrentActivation: ActivationName;
  /** [4 units, units], for column vectors: the transpose of tf.layers' recurrent kernel. */
  readonly W: Float64Array;
  /** [4 units, inputDim] */
  readonly kernel: Float64Array;
  /** [4 units] */
  readonly bias?: Float64Array;
  /** Tangents of h alone, `units` numbers, with the cell held fixed. */
  readonly hiddenOnly?: boolean;
}

/**
 * tf.layers' GRU (resetAfter false); the state is h. The rows of the weights are the gates z, r, h, `units` rows each:
 *
 *     h⁺ = z∘h + (1 - z)∘g,   g = act(W_h (r∘h) + kernel_h x + bias_h),   z, r = rec(W h + kernel x + bias)
 */
export interface GRUDescription extends LayerDescription {
  readonly family: 'gru';
  readonly activation: ActivationName;
  readonly recurrentActivation: ActivationName;
  /** [3 units, units], for column vectors. */
  readonly W: Float64Array;
  /** [3 units, inputDim] */
  readonly kernel: Float64Array;
  /** [3 units] */
  readonly bias?: Float64Array;
}

/**
 * The weights of a recurrent network as plain data. A system that carries them as `network`, beside the methods that
 * describe the same map, is propagated in WebAssembly where the host has it.
 */
export type NetworkDescription = DynamicalDescription | LSTMDescription | GRUDescription;
