import { type NetworkSystem, rnnSystem } from '@hurwitz/lyapunov';
import * as tf from '@tensorflow/tfjs-core';

/** Standard normal numbers from a seed, on the host: the same on every backend. */
export function normals(shape: [rows: number, columns: number], seed: number): number[][] {
  return tf.tidy(() => tf.randomNormal(shape, 0, 1, 'float32', seed).arraySync() as number[][]);
}

/** Standard normal input sequences [sequences][steps][units], each from a seed of its own. */
export function normalInputs({
  sequences,
  steps,
  units,
  seed,
}: {
  sequences: number;
  steps: number;
  units: number;
  seed: number;
}): number[][][] {
  return Array.from({ length: sequences }, (_, i) => normals([steps, units], seed + 1000 * (i + 1)));
}

/**
 * The network of the first figures of Vogt et al. (Frontiers 2022): h⁺ = tanh(V h + x), V Gaussian of variance g²/N, an
 * input to every unit, no bias.
 */
export function drivenRNN({
  units,
  gain,
  seed,
}: {
  units: number;
  gain: number;
  seed: number;
}): NetworkSystem {
  const scale = gain / Math.sqrt(units);
  const W = normals([units, units], seed).map((row) => row.map((entry) => scale * entry));
  const kernel = W.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  return rnnSystem({ W, kernel, activation: 'tanh' });
}
