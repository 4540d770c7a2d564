import { described } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { ParameterisationError } from './errors.js';

// tfjs draws these in JavaScript, not on the device, so a seed gives the same numbers on every backend.

/** Independent normal numbers with mean 0. Without a seed they differ at every call. */
export function normal<S extends [number] | [number, number]>(
  where: string,
  shape: S,
  { std = 1, seed }: { std?: number; seed?: number } = {},
): S extends [number] ? tf.Tensor1D : tf.Tensor2D {
  return tf.randomNormal(shape, 0, std, 'float32', streamOf(where, seed)) as S extends [number]
    ? tf.Tensor1D
    : tf.Tensor2D;
}

/** `count` independent numbers, uniform in [low, high), on the host. */
export function uniform(
  where: string,
  count: number,
  { low, high, seed }: { low: number; high: number; seed?: number },
): number[] {
  if (count === 0) return [];
  const draws = tf.randomUniform([count], low, high, 'float32', streamOf(where, seed));
  const numbers = Array.from(draws.dataSync());
  draws.dispose();
  return numbers;
}

/** tf.randomNormal takes a seed of 0 for no seed at all; half a unit further, no integer is 0. */
function streamOf(where: string, seed: number | undefined): number | undefined {
  if (seed === undefined) return undefined;
  if (!Number.isSafeInteger(seed)) {
    throw new ParameterisationError(
      where,
      'seed, an integer',
      described(seed),
      'Pass an integer, or leave it out.',
    );
  }
  return seed + 0.5;
}
