import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { positive } from '../shared/settings.js';

/** What a run is trained with. */
export interface Draw {
  learningRate: number;
  dropout: number;
}

/** From the least to the largest. */
export const drawRanges = {
  learningRate: z.tuple([positive, positive]),
  /** Drawn evenly in its logarithm. */
  dropout: z.tuple([positive, positive]),
};

export type DrawRanges = Record<keyof Draw, readonly [low: number, high: number]>;

/** A random pair, from the seed and its number alone. */
export function drawPair(index: number, { learningRate, dropout }: DrawRanges, seed: number): Draw {
  const [u, v] = tf.tidy(() => tf.randomUniform([2], 0, 1, 'float32', `pair:${seed}:${index}`).dataSync());
  const [low, high] = dropout;
  return {
    learningRate: learningRate[0] + u! * (learningRate[1] - learningRate[0]),
    dropout: low * (high / low) ** v!,
  };
}
