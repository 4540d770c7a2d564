import * as tf from '@tensorflow/tfjs-core';

/** What a run is trained with. */
export interface Draw {
  learningRate: number;
  dropout: number;
}

export interface DrawRanges {
  learningRate: readonly [low: number, high: number];
  /** Drawn evenly in its logarithm. */
  dropout: readonly [low: number, high: number];
}

/** Random pairs, each from the seed and its number alone. */
export function drawPairs(count: number, { learningRate, dropout }: DrawRanges, seed: number): Draw[] {
  return Array.from({ length: count }, (_, i) => {
    const [u, v] = tf.tidy(() => tf.randomUniform([2], 0, 1, 'float32', `pair:${seed}:${i}`).dataSync());
    const [low, high] = dropout;
    return {
      learningRate: learningRate[0] + u! * (learningRate[1] - learningRate[0]),
      dropout: low * (high / low) ** v!,
    };
  });
}
