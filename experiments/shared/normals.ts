import * as tf from '@tensorflow/tfjs-core';

/** Standard normal numbers from a seed, on the host: the same on every backend. */
export function normals(shape: [rows: number, columns: number], seed: number): number[][] {
  return tf.tidy(() => tf.randomNormal(shape, 0, 1, 'float32', seed).arraySync() as number[][]);
}
