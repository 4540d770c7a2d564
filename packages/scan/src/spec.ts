import type { Tableau } from '@hurwitz/integrators';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';

/*
 * Tensors of any rank by their types, since that is what tfjs's operations give: the shapes are checked when it runs.
 */

/** What happens at each time step of every family. */
export interface SharedSpec {
  /** Uᵀ, shape [inputDim, units] (LSTM: [inputDim, 4 units], GRU: [inputDim, 3 units]). */
  kernel: Tensor;
  /**
   * Where the mask is 0 the state is carried over unchanged and the output repeats it, as in tf.layers; whatever the inputs
   * hold there does not matter. Any other number counts as true, NaN too. Shape [batch, time], numbers or booleans.
   */
  mask?: Tensor;
  /** Read the time steps from the last to the first; `states` then lists them in the order they were read. */
  goBackwards?: boolean;
  /** Whether `states` is wanted. Without it a fused implementation keeps no sequence of states for you. */
  returnSequences?: boolean;
}

export type Activation = 'tanh' | 'relu' | 'linear' | 'sigmoid' | 'modrelu';

/** An input gate that shares the recurrent matrix: g = sigmoid(W h + U_g x + b_g). */
export interface GateSpec {
  /** U_gᵀ, shape [inputDim, units]. */
  kernel: Tensor;
  /** Shape [units]. */
  bias: Tensor;
}

/**
 * The family of recurrences that are one Runge–Kutta step per input:
 *
 *     z_t  = U x_t + b
 *     k(h) = g ∘ (A h + act(W h + z_t)),   g = sigmoid(W h + U_g x_t + b_g) or 1
 *     h⁺   = carry · h + epsilon · Φ(k, h)
 *
 * The input is held over the step, so every stage sees the same z_t.
 */
export interface DynamicalSpec extends SharedSpec {
  family?: 'dynamical';
  /** 1: the step is added to the state; 0: it replaces it. */
  carry?: 0 | 1;
  /** The size of the step, any finite number; of size 0 the step is carry · h, and nothing else has a gradient but 0. */
  epsilon?: number;
  /** Shape [units, units]; it multiplies a column vector, so batched rows are multiplied by Wᵀ. */
  W: Tensor;
  /** Shape [units, units], the linear term, same convention; absent means zero. */
  A?: Tensor;
  /** Shape [units]. Added to U x; under modReLU it is the threshold instead: sign(z) · max(|z| + b, 0). */
  bias?: Tensor;
  activation?: Activation;
  gate?: GateSpec;
  /** The scheme, as data; Euler when absent. */
  tableau?: Tableau;
  /** Shape [batch, units]; zeros when absent. */
  initialState?: Tensor;
}

/** tf.layers' LSTM: gate order i, f, c, o. */
export interface LSTMSpec extends SharedSpec {
  family: 'lstm';
  /** Shape [units, 4 units], multiplies rows as in tf.layers. */
  recurrentKernel: Tensor;
  /** Shape [4 units]. */
  bias?: Tensor;
  activation?: 'tanh' | 'relu' | 'linear' | 'sigmoid';
  recurrentActivation?: 'sigmoid' | 'hardSigmoid';
  /** [h, c], each [batch, units]; zeros when absent. */
  initialState?: [Tensor, Tensor];
}

/** tf.layers' GRU (resetAfter false): gate order z, r, h. */
export interface GRUSpec extends SharedSpec {
  family: 'gru';
  /** Shape [units, 3 units], multiplies rows as in tf.layers. */
  recurrentKernel: Tensor;
  /** Shape [3 units]. */
  bias?: Tensor;
  activation?: 'tanh' | 'relu' | 'linear' | 'sigmoid';
  recurrentActivation?: 'sigmoid' | 'hardSigmoid';
  initialState?: Tensor;
}

export type RecurrenceSpec = DynamicalSpec | LSTMSpec | GRUSpec;

/** Vectors [batch, time, inputDim], or integer tokens [batch, time] that select rows of the kernel. */
export type RecurrenceInputs = Tensor;

export interface RecurrenceResult {
  /** [batch, time, units]; present unless `returnSequences` is false. */
  states?: Tensor3D;
  /** The state after the last step read: [h], or [h, c] for LSTM; each [batch, units]. */
  finalState: [Tensor, ...Tensor[]];
}

/** The result with its states: of every call but those with `returnSequences: false`. */
export interface RecurrenceResultWithStates extends RecurrenceResult {
  states: Tensor3D;
}
