import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flossingExperiment } from '../src/experiments/flossing.js';
import type { FlossingRun } from '../src/experiments/flossing-runs.js';
import { fromJson } from '../src/experiments/json.js';
import { runExperiment } from '../src/experiments/run-experiment.js';
import { temporaryFolder } from './command.js';

let out = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  out = temporaryFolder();
});
afterEach(() => rmSync(out, { recursive: true }));

describe('the flossing experiment at a small size', () => {
  it('moves the exponents toward 0 before training, starts all variants alike, and leaves no tensor behind', async () => {
    const settings = ({ full }: { full: boolean }) => ({
      ...flossingExperiment.settings({ full }),
      ...{
        units: 8,
        gains: [1.5],
        seeds: 1,
        delay: 1,
        steps: 12,
        trainingSteps: 20,
        recordEvery: 10,
        testSize: 8,
      },
      flossing: { exponents: 6, epochs: 25, horizon: 24, warmup: 8, learningRate: 0.01, clipNorm: 0.1 },
    });
    const before = tf.memory().numTensors;
    const options = { out, seed: 1, full: false, backend: 'cpu', keepParts: false, command: 'test' };
    await runExperiment({ ...flossingExperiment, settings }, { ...options, print: () => {} });
    expect(tf.memory().numTensors).toBe(before);
    const { numbers } = fromJson(readFileSync(join(out, 'flossing.json'), 'utf8')) as {
      numbers: { outcomes: { runs: Record<string, FlossingRun[]> }[] };
    };
    const runs = numbers.outcomes[0]!.runs;
    const [without, through, held] = ['not', 'through-states', 'states-held'].map((name) => runs[name]![0]!);
    for (const { initial } of [through!, held!]) expect(initial).toEqual(without!.initial);
    const meanSquare = (exponents: number[]) => exponents.slice(0, 6).reduce((sum, x) => sum + x * x, 0) / 6;
    for (const run of [through!, held!]) {
      expect(meanSquare(run.flossed)).toBeLessThan(0.5 * meanSquare(run.initial));
      expect(run.accuracy).toHaveLength(2);
    }
    const entry = readFileSync(join(out, 'flossing.md'), 'utf8');
    expect(entry).not.toMatch(/NaN|undefined|\[object/);
    expect(readFileSync(join(out, 'flossing.svg'), 'utf8')).toMatch(/^<svg/);
  });
});
