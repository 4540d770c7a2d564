import { sha256 } from '@noble/hashes/sha2';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { requireInteger, requireRoom, requireSeed } from './checks.js';

export type { RandomGenerator };

/**
 * The generator that belongs to a purpose, a seed and further positions (an epoch, an example's number).
 *
 * xoroshiro128+ whose 128-bit state is the head of SHA-256 of `hurwitz/<purpose>/<seed>/<positions>`. So every
 * (seed, position) has a stream of its own that can be opened directly, without walking through the ones before
 * it, and neighbouring seeds are unrelated. Integer arithmetic only: the same numbers on every platform.
 */
export function keyedGenerator(purpose: string, seed: number, ...positions: number[]): RandomGenerator {
  const digest = sha256(new TextEncoder().encode(['hurwitz', purpose, seed, ...positions].join('/')));
  const words = new DataView(digest.buffer, digest.byteOffset);
  return xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => words.getInt32(offset)));
}

/**
 * A uniform number in [0, 1): the upper 24 bits of a draw over 2^24, hence exact in float32 as in float64.
 * The upper bits, because the lowest ones of xoroshiro128+ are its weakest.
 */
export function uniform(generator: RandomGenerator): number {
  return (generator.next() >>> 8) / 0x1000000;
}

/** Fisher-Yates: shuffles in place, every order equally likely. */
export function shuffle(values: Int32Array, generator: RandomGenerator): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = uniformInt(generator, 0, i);
    const swapped = values[i]!;
    values[i] = values[j]!;
    values[j] = swapped;
  }
  return values;
}

/**
 * A random order of 0, ..., length - 1, the same on every platform for the same seed.
 *
 * @throws {DatasetError} if length is not an integer from 1 to 2^31 - 1 or the seed not an integer.
 */
export function randomPermutation(length: number, seed: number): Int32Array {
  requireInteger('randomPermutation', 'length', length, 1);
  requireSeed('randomPermutation', seed);
  requireRoom('randomPermutation', 'length', length);
  return shuffle(identity(length), keyedGenerator('permutation', seed));
}

/** 0, 1, ..., length - 1. */
export function identity(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}
