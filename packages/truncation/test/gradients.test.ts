import { gaussian, generator } from '@hurwitz/random';
import { spectralNorm } from '@hurwitz/stability';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareTraining,
  gaussianInstance,
  gradientDistances,
  gradientGapBound,
  gradientGaps,
  lossGradient,
  regularity,
  smoothness,
  trainingDistances,
  type Weights,
  weightGapBounds,
} from '../src/index.js';
import { distance, toTask } from '../src/loss-gradient.js';
import { taskBounds } from '../src/regularity.js';
import { toNetwork } from '../src/rnn-model.js';

const small = { units: 4, inputDim: 2, outputs: 2, sequences: 3, steps: 12 };
const seeds = fc.integer({ min: 1, max: 2 ** 31 });

describe('lossGradient', () => {
  test.each([
    ['tanh', undefined],
    ['tanh', 5],
    ['sigmoid', 3],
    ['linear', undefined],
  ] as const)('%s, k = %s: matches central differences to 1e-8', (activation, k) => {
    const { model, task } = gaussianInstance({ ...small, activation, seed: 3 });
    const bias = [0.1, -0.2, 0.3, 0.4];
    const gradient = lossGradient({ ...model, bias }, task, { k });
    const d = 1e-5;
    const slope = (row: (w: Weights) => number[], j: number) => {
      const loss = (by: number) => {
        const copy = structuredClone({ ...(model as Weights), bias });
        row(copy)[j]! += by;
        return lossGradient({ ...copy, activation }, task, { k }).loss;
      };
      return (loss(d) - loss(-d)) / (2 * d);
    };
    for (const [i, j] of [
      [0, 0],
      [1, 3],
      [3, 2],
    ] as const) {
      const rows = [(w: Weights) => w.W[i]!, (w: Weights) => w.kernel[i % 2]!, (w: Weights) => w.bias];
      for (const row of rows) expect(Math.abs(slope(row, j) - row(gradient)[j]!)).toBeLessThan(1e-8);
    }
  });

  test('the gradient by inputs falls as λ^i for h⁺ = λ h + x', () => {
    const model = { W: [[0.8]], kernel: [[1]], activation: 'linear' as const };
    const task = { inputs: [[[1], [0], [0], [0]]], targets: [[0.8 ** 3 - 1]], readout: [[1]] };
    const { inputNorms } = lossGradient(model, task); // the error is 1
    for (const [i, norm] of inputNorms.entries()) expect(norm).toBeCloseTo(0.8 ** i, 14);
  });

  test('k = T is the recurrent model', () => {
    const { model, task } = gaussianInstance(small);
    expect(lossGradient(model, task, { k: small.steps })).toEqual(lossGradient(model, task));
  });
});

describe('Lemma 2 and Lemma 3', () => {
  test.each(['linear', 'tanh', 'sigmoid'] as const)(
    '%s: every gradient gap is below its explicit bound',
    (activation) => {
      fc.assert(
        fc.property(seeds, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (seed, lambda) => {
          const { model, task } = gaussianInstance({ ...small, activation, lambda, seed });
          const bias = gaussian(1, 4, { normal: generator(seed + 1).normal })[0]!;
          for (const { gap, bound } of gradientGaps({ ...model, bias }, task, [1, 2, 4, 8, 12])) {
            expect(gap).toBeLessThanOrEqual(bound);
          }
        }),
        { numRuns: 20 },
      );
    },
  );

  test('the bound is within a factor 20 of the gap where it is hardest: a scalar at rest under a constant input', () => {
    const model = { W: [[0.9]], kernel: [[1]], activation: 'linear' as const };
    const task = { inputs: [Array.from({ length: 100 }, () => [1])], targets: [[-10]], readout: [[1]] };
    for (const { gap, bound } of gradientGaps(model, task, [1, 10, 40])) {
      expect(bound).toBeGreaterThanOrEqual(gap);
      expect(bound).toBeLessThan(20 * gap);
    }
  });

  test('the bound has the order k λ^k: bound / (k λ^k) changes by less than 1 % from k = 200 to 2000', () => {
    const weights = { activation: 'tanh' as const, units: 10, W: 0.8, kernel: 1, bias: 0 };
    const constants = regularity(weights, { inputBound: 1, readoutNorm: 1, targetBound: 1 });
    const scaled = [200, 2000].map((k) => gradientGapBound(constants, k) / (k * 0.8 ** k));
    expect(Math.abs(scaled[0]! / scaled[1]! - 1)).toBeLessThan(0.01);
  });

  test.each(['linear', 'tanh', 'sigmoid'] as const)(
    '%s: gradients are β-Lipschitz in the weights',
    (activation) => {
      fc.assert(
        fc.property(seeds, fc.double({ min: 1e-4, max: 0.2, noNaN: true }), (seed, size) => {
          const { model, task } = gaussianInstance({ ...small, activation, lambda: 0.6, seed });
          const { normal } = generator(seed + 1);
          const move = (rows: number[][]) => rows.map((row) => row.map((entry) => entry + size * normal()));
          const first = { ...(model as typeof model & Weights), activation };
          const [bias] = move([first.bias]) as [number[]];
          const second = { W: move(first.W), kernel: move(first.kernel), bias, activation };
          const largest = (pick: (w: Weights) => number) => Math.max(pick(first), pick(second));
          const slope = activation === 'sigmoid' ? 0.25 : 1;
          fc.pre(slope * spectralNorm(second.W) < 0.98);
          const constants = regularity(
            {
              activation,
              units: 4,
              W: largest(({ W }) => spectralNorm(W)),
              kernel: largest(({ kernel }) => spectralNorm(kernel)),
              bias: largest((w) => Math.hypot(...w.bias)),
            },
            taskBounds(toTask('test', task, toNetwork('test', first))),
          );
          for (const k of [undefined, 3]) {
            const change = distance(lossGradient(first, task, { k }), lossGradient(second, task, { k }));
            expect(change).toBeLessThanOrEqual(smoothness(constants) * distance(first, second));
          }
        }),
        { numRuns: 20 },
      );
    },
  );

  test.each([
    ['tanh', (x: number) => 1 - Math.tanh(x) ** 2, 1],
    ['sigmoid', (x: number) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2, 0.25],
  ] as const)(
    '%s: the curvature used is the largest slope of its derivative, to 1e-6',
    (activation, derivative, slope) => {
      const points = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 500);
      const steepest = Math.max(
        ...points.map((x) => Math.abs(derivative(x + 1e-5) - derivative(x - 1e-5)) / 2e-5),
      );
      const weights = { activation, units: 1, W: 1 / (2 * slope), kernel: 0, bias: 0 };
      const { curvatureHH, weightLipschitz } = regularity(weights, {
        inputBound: 0,
        readoutNorm: 1,
        targetBound: 0,
      });
      expect(Math.abs(curvatureHH / weights.W ** 2 - steepest)).toBeLessThan(1e-6);
      expect(weightLipschitz).toBeGreaterThanOrEqual(slope);
    },
  );
});

describe('Proposition 2 and Theorem 1', () => {
  test('rates α/t: the recursion is below α δ N^(αβ+1)', () => {
    for (const [alpha, beta] of [
      [0.1, 2],
      [0.5, 3],
      [1, 0.5],
    ] as const) {
      const bounds = weightGapBounds({
        steps: 200,
        rate: { alpha, schedule: 'inverse' },
        gradientGap: 1e-3,
        smoothness: beta,
      });
      for (const [n, bound] of bounds.entries()) {
        if (n > 0) expect(bound).toBeLessThanOrEqual(alpha * 1e-3 * n ** (alpha * beta + 1) * (1 + 1e-12));
      }
    }
  });

  test('constant rate: δ ((1 + αβ)^N - 1)/β', () => {
    const bounds = weightGapBounds({
      steps: 30,
      rate: { alpha: 0.1, schedule: 'constant' },
      gradientGap: 0.2,
      smoothness: 2,
    });
    for (const [n, bound] of bounds.entries()) expect(bound).toBeCloseTo(0.1 * (1.2 ** n - 1), 12);
  });

  const { model, task } = gaussianInstance({ ...small, lambda: 0.9, steps: 20, seed: 5 });
  const options = { steps: 60, lambda: 0.7, rate: { alpha: 0.05, schedule: 'constant' as const } };

  test.each(['inverse', 'constant'] as const)(
    '%s rates: gaps of weights and states stay below their bounds, losses fall',
    (schedule) => {
      const { history, recurrent, truncated } = compareTraining(model, task, {
        ...options,
        k: 6,
        rate: { alpha: 0.05, schedule },
      });
      expect(history.length).toBe(61);
      expect(history[0]!.weightGap).toBe(0);
      expect(history[60]!.weightGap).toBeGreaterThan(0);
      for (const step of history) {
        expect(step.weightGap).toBeLessThanOrEqual(step.weightBound);
        expect(step.weightGap).toBeLessThanOrEqual(step.observedBound + 1e-13);
        expect(step.stateGap).toBeLessThanOrEqual(step.stateBound);
      }
      expect(history[60]!.loss).toBeLessThan(0.98 * history[0]!.loss);
      expect(history[60]!.truncatedLoss).toBeLessThan(0.98 * history[0]!.truncatedLoss);
      for (const { W } of [recurrent, truncated]) expect(spectralNorm(W)).toBeLessThan(0.7 + 1e-12);
    },
  );

  test('the gap falls with k at least as fast as λ^k, and is zero for k = T', () => {
    const final = (k: number) => compareTraining(model, task, { ...options, k }).history[60]!.weightGap;
    const [two, eight, fourteen] = [final(2), final(8), final(14)];
    expect(eight / two).toBeLessThan(4 * 0.7 ** 6);
    expect(fourteen / eight).toBeLessThan(4 * 0.7 ** 6);
    expect(fourteen).toBeGreaterThan(0);
    expect(final(20)).toBe(0);
  });
});

describe('measurements without theory', () => {
  const { model, task } = gaussianInstance({ ...small, lambda: 0.8, seed: 9 });

  test('gradientDistances are the gaps of gradientGaps', () => {
    const gaps = gradientGaps(model, task, [1, 4, 12]).map(({ bound: _, ...each }) => each);
    expect(gradientDistances(model, task, [1, 4, 12])).toEqual(gaps);
  });

  test('an unstable scalar: the gap is the gradient of the steps left out, to 1e-12', () => {
    const unstable = { W: [[1.5]], kernel: [[1]], activation: 'linear' as const };
    const scalar = { inputs: [[[1], [0], [0], [0]]], targets: [[0]], readout: [[1]] };
    // p = ½ h², h = u w³ with the last three inputs zero: a truncated model sees no input at all.
    const [gap] = gradientDistances(unstable, scalar, [2]);
    const h = 1.5 ** 3;
    const byW = h * 3 * 1.5 ** 2;
    const byKernel = h * 1.5 ** 3;
    const byBias = h * (1 + 1.5 + 1.5 ** 2 + 1.5 ** 3);
    expect(gap!.gap).toBeCloseTo(Math.hypot(byW, byKernel, byBias), 12);
  });

  test('trainingDistances within the radius are those of compareTraining; without one W may leave it', () => {
    const options = { k: 3, steps: 20, rate: { alpha: 0.2, schedule: 'constant' as const } };
    const { history } = compareTraining(model, task, { ...options, lambda: 0.5 });
    const within = trainingDistances(model, task, { ...options, radius: 0.5 });
    expect(within.history.map(({ weightGap }) => weightGap)).toEqual(
      history.map(({ weightGap }) => weightGap),
    );
    expect(within.largest.W).toBeLessThan(0.5 + 1e-12);
    expect(trainingDistances(model, task, options).largest.W).toBeGreaterThanOrEqual(0.8 - 1e-12);
  });

  test('an unstable network parts from its truncation by more than a stable one, and its observed bound holds', () => {
    const gapOf = (lambda: number) => {
      const instance = gaussianInstance({ ...small, lambda, seed: 9 });
      const rate = { alpha: 0.1, schedule: 'inverse' as const };
      const { history } = trainingDistances(instance.model, instance.task, { k: 6, steps: 30, rate });
      for (const { weightGap, observedBound } of history) {
        expect(weightGap).toBeLessThanOrEqual(observedBound + 1e-13);
      }
      return history.at(-1)!.weightGap;
    };
    expect(gapOf(2)).toBeGreaterThan(100 * gapOf(0.5));
  });

  test('a rate that makes gradients overflow is named with its step', () => {
    const linear = { ...model, activation: 'linear' as const };
    const rate = { alpha: 1e3, schedule: 'constant' as const };
    const act = () => trainingDistances(linear, task, { k: 3, steps: 50, rate });
    expect(act).toThrow(/trainingDistances: expected finite gradients, got an overflow at step \d+/);
  });
});
