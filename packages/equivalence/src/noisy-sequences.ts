import { gaussian, generator } from '@hurwitz/random';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { type RNNModel, toNetwork } from './rnn-model.js';
import { outputsOf } from './run-rnn.js';

/** Input and output sequences of a network, with measurement noise. */
export interface NoisySequences {
  /** [sequences][steps][inputDim], standard normal. */
  readonly inputs: number[][][];
  /** [sequences][steps][outputs], with noise. */
  readonly outputs: number[][][];
  /** The same without noise. */
  readonly clean: number[][][];
}

/**
 * Sequences to identify a network from: standard normal inputs, and outputs with white noise of the given
 * signal-to-noise ratio, per output channel: noise variance = (variance of the clean output) · 10^(-SNR/10).
 *
 * @param options.signalToNoise in dB; Infinity for none.
 */
export function noisySequences(
  model: RNNModel,
  options: { sequences?: number; steps?: number; signalToNoise?: number; seed?: number } = {},
): NoisySequences {
  const where = 'noisySequences';
  checkOptions(where, options, { sequences: true, steps: true, signalToNoise: true, seed: true });
  const { sequences = 10, steps = 1000, signalToNoise = 20, seed = 1 } = options;
  const network = toNetwork(where, model);
  checkCounts(where, { sequences, steps });
  checkNumber(where, 'seed', seed, { integer: true });
  if (signalToNoise !== Infinity) checkNumber(where, 'signalToNoise', signalToNoise);
  const { normal } = generator(seed);
  const inputs = Array.from({ length: sequences }, () => gaussian(steps, network.kernel.length, { normal }));
  const clean = inputs.map((x) => outputsOf(where, network, x));
  const all = clean.flat();
  const noise = all[0]!.map((_, channel) => {
    const mean = all.reduce((sum, y) => sum + y[channel]!, 0) / all.length;
    const variance = all.reduce((sum, y) => sum + (y[channel]! - mean) ** 2, 0) / all.length;
    return Math.sqrt(variance * 10 ** (-signalToNoise / 10));
  });
  const outputs = clean.map((rows) =>
    rows.map((y) => y.map((value, channel) => value + noise[channel]! * normal())),
  );
  return { inputs, outputs, clean };
}
