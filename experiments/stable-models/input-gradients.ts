import { linearCrossEntropy } from '@hurwitz/cells';
import type { Config, Readout, TokenCorpus } from '@hurwitz/training';
import { recurrentLayer } from '@hurwitz/training';
import * as tf from '@tensorflow/tfjs-core';
import type { RNN } from '@tensorflow/tfjs-layers';

/**
 * The mean over windows of held-out text of ‖∂p_t/∂x_{t-i}‖₂ for i = 0, ..., steps - 1: how much the loss at a word depends
 * on the input i words before it. The input x of a word is its row of the layer's kernel, an embedding; each window is read
 * from a zero state.
 */
export function inputGradientNorms(
  layer: RNN,
  config: Config,
  {
    corpus,
    readout,
    windows,
    steps,
  }: { corpus: TokenCorpus; readout: Readout; windows: number; steps: number },
): number[] {
  const [kernel, ...rest] = layer.getWeights() as [tf.Tensor2D, ...tf.Tensor[]];
  const width = kernel.shape[1];
  const driven = recurrentLayer(config, { name: 'driven', returnSequences: false });
  driven.build([null, null, width]);
  const norms = tf.tidy(() => {
    driven.setWeights([tf.eye(width), ...rest]);
    const { tokens, labels } = spreadWindows(corpus.test, { windows, steps });
    const inputs = tf.reshape(tf.gather(kernel, tokens), [windows, steps, width]);
    // Windows do not meet, so the gradient of the sum of their losses holds that of each.
    const total = (x: tf.Tensor): tf.Scalar => {
      const states = driven.apply(x) as tf.Tensor2D;
      return tf.mul(linearCrossEntropy(states, labels, readout), windows);
    };
    const byInput = tf.grad(total)(inputs);
    return tf.mean(tf.norm(byInput, 'euclidean', 2), 0).dataSync();
  });
  for (const weight of driven.weights) weight.dispose();
  return Array.from(norms).reverse();
}

/** Windows spread evenly over a text, and the word after each. */
function spreadWindows(
  text: Int32Array,
  { windows, steps }: { windows: number; steps: number },
): { tokens: tf.Tensor1D; labels: tf.Tensor1D } {
  const starts = Array.from({ length: windows }, (_, i) => Math.floor((i * (text.length - steps)) / windows));
  return {
    tokens: tf.tensor1d(
      starts.flatMap((from) => Array.from(text.subarray(from, from + steps))),
      'int32',
    ),
    labels: tf.tensor1d(
      starts.map((from) => text[from + steps]!),
      'int32',
    ),
  };
}
