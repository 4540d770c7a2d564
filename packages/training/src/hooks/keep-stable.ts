import { LSTM, VanillaRNN } from '@hurwitz/cells';
import { projectSpectralNorm } from '@hurwitz/parameterisations';
import { lstmContractionFactor, projectLSTM, vanillaContractionFactor } from '@hurwitz/stability';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';

/** The bound φ on an LSTM's forget gates; it leaves 1 - φ to all other recurrent weights. */
export const forgetBound = 0.64;

/** The smallest factor that an LSTM can be brought to under that bound: `projectLSTM` halves its radii at most. */
export const smallestLSTMFactor = (1 + forgetBound) / 2;

/** Room for rounding the projected weights to float32. */
const rounding = 1e-5;

/** Largest |entry| of the inputs of every task whose recurrent layer may be an LSTM. */
const inputBound = 1;

/**
 * Moves a vanilla RNN or an LSTM to the models that contract by λ in every step, and leaves one that does alone: W with its
 * singular values clipped at λ, or the rows of the LSTM's recurrent matrices and the forget gate's input weights projected
 * (Miller and Hardt, Stable Recurrent Models, ICLR 2019). After every step of the optimizer this is projected
 * gradient descent.
 */
export function keepStable(layer: layers.Layer, lambda: number): void {
  if (layer instanceof VanillaRNN) stabiliseVanilla(layer, lambda);
  if (layer instanceof LSTM) stabiliseLSTM(layer, lambda);
}

/** λ of a vanilla RNN or an LSTM, in the norm of its theory; undefined for another layer. */
export function contractionFactor(layer: layers.Layer): number | undefined {
  if (layer instanceof VanillaRNN) {
    return vanillaContractionFactor({ W: layer.getWeights()[1] as tf.Tensor2D }).factor;
  }
  return layer instanceof LSTM ? tf.tidy(() => lstmContractionFactor(lstmWeights(layer)).factor) : undefined;
}

function stabiliseVanilla(layer: VanillaRNN, lambda: number): void {
  const [, W] = layer.weights as [LayerVariable, LayerVariable];
  const projected = projectSpectralNorm(W.read() as tf.Tensor2D, lambda * (1 - rounding));
  W.write(projected);
  projected.dispose();
}

function stabiliseLSTM(layer: LSTM, lambda: number): void {
  const [kernel, recurrentKernel, bias] = layer.weights as [LayerVariable, LayerVariable, LayerVariable];
  tf.tidy(() => {
    // At the published radii the factor reaches 1; with all of them shrunk by s it is φ + (1 - s)(1 - φ).
    const slack = Math.min(0.5, (1 - lambda) / (1 - forgetBound) + rounding);
    const projected = projectLSTM({ ...lstmWeights(layer), forgetBound, slack });
    recurrentKernel.write(tf.tensor2d(projected.recurrentKernel));
    bias.write(tf.tensor1d(projected.bias));
    if (readsTokens(layer)) boundForgetEntries(kernel, projected.kernel[0]!);
    else kernel.write(tf.tensor2d(projected.kernel));
  });
}

/** The weights as the theory takes them. */
function lstmWeights(layer: LSTM) {
  const [kernel, recurrentKernel, bias] = layer.getWeights() as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  const shared = { recurrentKernel, bias, inputBound, recurrentActivation: 'sigmoid' as const };
  return { ...shared, kernel: readsTokens(layer) ? largestForgetEntries(kernel) : kernel };
}

const readsTokens = (layer: LSTM): boolean => layer.getConfig()['vocabularySize'] != null;

/**
 * A kernel of one input that drives the forget gates as much as the worst token does, [1, 4 units]: of a token only one
 * row of the kernel counts, not the sum over all of them. The other gates' inputs are not bounded.
 */
function largestForgetEntries(kernel: tf.Tensor2D): tf.Tensor2D {
  const units = kernel.shape[1] / 4;
  const largest = tf.max(tf.abs(forgetColumns(kernel)), 0, true);
  return tf.pad(largest, [
    [0, 0],
    [units, 2 * units],
  ]) as tf.Tensor2D;
}

/** Clips every token's forget entries to the bounds; `bounds` has those of all gates. */
function boundForgetEntries(kernel: LayerVariable, bounds: readonly number[]): void {
  const entries = kernel.read() as tf.Tensor2D;
  const units = bounds.length / 4;
  const bound = tf.tensor2d([bounds.slice(units, 2 * units)]);
  const forget = forgetColumns(entries);
  const over = tf.any(tf.greater(tf.max(tf.abs(forget), 0, true), bound)).dataSync()[0];
  if (!over) return;
  const clipped = tf.minimum(tf.maximum(forget, tf.neg(bound)), bound);
  const before = tf.slice(entries, [0, 0], [-1, units]);
  kernel.write(tf.concat([before, clipped, tf.slice(entries, [0, 2 * units])], 1));
}

function forgetColumns(kernel: tf.Tensor2D): tf.Tensor2D {
  const units = kernel.shape[1] / 4;
  return tf.slice(kernel, [0, units], [-1, units]);
}
