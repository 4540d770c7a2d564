import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { flossingExperiment } from '../gradient-flossing/flossing.js';
import type { FlossingRun } from '../gradient-flossing/flossing-runs.js';
import { small } from './small-experiment.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('the flossing experiment at a small size', () => {
  it('moves the exponents toward 0 before training, starts all variants alike, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { numbers } = await small<{ outcomes: { runs: Record<string, FlossingRun[]> }[] }>(
      flossingExperiment,
      {
        ...{ units: 8, gains: [1.5], seeds: 1, delay: 1, steps: 12 },
        ...{ trainingSteps: 20, recordEvery: 10, testSize: 8 },
        flossing: { exponents: 6, epochs: 25, horizon: 24, warmup: 8, learningRate: 0.01, clipNorm: 0.1 },
      },
    );
    expect(tf.memory().numTensors).toBe(before);
    const runs = numbers.outcomes[0]!.runs;
    const [without, through, held] = ['not', 'through-states', 'states-held'].map((name) => runs[name]![0]!);
    for (const { initial } of [through!, held!]) expect(initial).toEqual(without!.initial);
    const meanSquare = (exponents: number[]) => exponents.slice(0, 6).reduce((sum, x) => sum + x * x, 0) / 6;
    for (const run of [through!, held!]) {
      expect(meanSquare(run.flossed)).toBeLessThan(0.5 * meanSquare(run.initial));
      expect(run.accuracy).toHaveLength(2);
    }
  });
});
