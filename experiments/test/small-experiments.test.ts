import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { lyapunovFig1 } from '../lyapunov-spectra/lyapunov-fig1.js';
import { lyapunovFig2 } from '../lyapunov-spectra/lyapunov-fig2.js';
import { truncationFig1 } from '../stable-models/truncation-fig1.js';
import { equivalenceFig2, equivalenceFig3 } from '../unitary-equivalence/equivalence-fig2-fig3.js';
import { small } from './small-experiment.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('experiments at a small size', () => {
  it('truncation-fig1: measured gaps lie below their bounds, and the unstable instance has no proved one', async () => {
    const { numbers, entry } = await small<{
      outcomes: {
        gradientGap: number[];
        gradientBound?: number[];
        training: Record<string, { weightGap: number[]; observedBound: number[]; provedBound?: number[] }>;
      }[];
    }>(truncationFig1, {
      lambdas: [0.5, 3],
      ...{ instances: 2, units: 3, inputDim: 2, sequences: 2, length: 12, ks: [1, 4, 8], k: 4, steps: 10 },
    });
    const [stable, unstable] = numbers.outcomes;
    for (const [i, gap] of stable!.gradientGap.entries()) {
      expect(gap).toBeLessThanOrEqual(stable!.gradientBound![i]!);
    }
    for (const { weightGap, observedBound, provedBound } of Object.values(stable!.training)) {
      for (const [i, gap] of weightGap.entries()) {
        expect(gap).toBeLessThanOrEqual(observedBound[i]! + 1e-13);
        expect(gap).toBeLessThanOrEqual(provedBound![i]!);
      }
    }
    expect(unstable!.gradientBound).toBeUndefined();
    expect(entry).toContain('all lie below it');
  });

  it('lyapunov-fig1: at g = 0.2 every start is forgotten, at g = 10 none', async () => {
    const { numbers, entry } = await small<{ regimes: { exponents: number[]; spread: number }[] }>(
      lyapunovFig1,
      { units: 24, gains: [0.2, 10], initialStates: 2, warmup: 40, steps: 60, drawn: 20 },
    );
    const [stable, chaotic] = numbers.regimes;
    expect(stable!.exponents[0]).toBeLessThan(-1);
    expect(stable!.spread).toBeLessThan(1e-12);
    expect(chaotic!.exponents[0]).toBeGreaterThan(0.1);
    expect(chaotic!.spread).toBeGreaterThan(0.1);
    expect(entry).toContain('have met at g = 0.2,');
  });

  it('lyapunov-fig2: long QR intervals lose the last exponents and keep the first to 1e-6', async () => {
    const { numbers } = await small<{
      exponents: number[][];
      intervals: { exponents: number[]; resolved: number[] }[];
    }>(lyapunovFig2, {
      ...{ units: 16, inputSequences: 3, steps: 20, reference: { warmup: 20, steps: 200 }, compared: 60 },
      qrIntervals: [1, 30],
    });
    expect(numbers.exponents).toHaveLength(20);
    const [every, rare] = numbers.intervals;
    expect(every!.resolved.every((share) => share === 1)).toBe(true);
    expect(rare!.resolved.at(-1)).toBeLessThan(1);
    expect(Math.abs(rare!.exponents[0]! - every!.exponents[0]!)).toBeLessThan(1e-6);
    expect(rare!.exponents.at(-1)! - every!.exponents.at(-1)!).toBeGreaterThan(0.1);
  });

  it.each([
    ['equivalence-fig2', 20, equivalenceFig2],
    ['equivalence-fig3', 15, equivalenceFig3],
  ] as const)(
    '%s: the ceiling is that of %d dB to 0.01, and the network of Theorem 1 reaches it to 1e-9',
    async (_, signalToNoise, experiment) => {
      const { numbers } = await small<{
        ceiling: number;
        dilation: number[];
        scores: Record<string, { mean: number }[]>;
      }>(experiment, { units: [2, 3], realisations: 2, sequences: 6, steps: 150, batchSize: 2, epochs: 4 });
      const ratio = 10 ** (signalToNoise / 10);
      expect(Math.abs(numbers.ceiling - ratio / (1 + ratio))).toBeLessThan(0.01);
      const mean = (numbers.dilation[0]! + numbers.dilation[1]!) / 2;
      expect(Math.abs(mean - numbers.ceiling)).toBeLessThan(1e-9);
      for (const { mean } of Object.values(numbers.scores).flat()) expect(mean).toBeLessThan(numbers.ceiling);
    },
  );
});
