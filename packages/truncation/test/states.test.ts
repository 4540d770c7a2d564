import { readFileSync } from 'node:fs';
import { gaussian, generator } from '@hurwitz/random';
import { lstmContractionFactor, lstmMap, vanillaMap } from '@hurwitz/stability';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gaussianInstance,
  lemma1Bound,
  lemma1Constants,
  truncatedState,
  truncationDistances,
  truncationLength,
} from '../src/index.js';

const { truncation: fixture } = JSON.parse(
  readFileSync(new URL('./fixtures/truncation.json', import.meta.url), 'utf8'),
) as {
  truncation: {
    W: number[][];
    spectralNorm: number;
    kernel: number[][];
    bias: number[];
    activation: 'tanh';
    x: number[][];
    finalState: number[];
    truncated: { k: number; finalState: number[]; distance: number }[];
  };
};

const gap = (x: readonly number[], y: readonly number[]) =>
  Math.max(...x.map((entry, i) => Math.abs(entry - y[i]!)));
const seeds = fc.integer({ min: 1, max: 2 ** 31 });

describe('the fixture', () => {
  test('truncated states to 1e-14, and the recurrent one for k = T', () => {
    for (const { k, finalState } of fixture.truncated) {
      expect(gap(truncatedState(fixture, fixture.x, k), finalState)).toBeLessThan(1e-14);
    }
    expect(gap(truncatedState(fixture, fixture.x, fixture.x.length), fixture.finalState)).toBeLessThan(1e-14);
  });

  test('distances to 1e-14, each below its Lemma 1 bound', () => {
    const ks = fixture.truncated.map(({ k }) => k);
    const inputBound = Math.max(...fixture.x.map((row) => Math.hypot(...row)));
    const constants = lemma1Constants(fixture, { inputBound });
    expect(constants.lambda).toBeCloseTo(fixture.spectralNorm, 13);
    for (const [i, { k, distance }] of truncationDistances(fixture, fixture.x, ks).entries()) {
      expect(Math.abs(distance - fixture.truncated[i]!.distance)).toBeLessThan(1e-14);
      expect(distance).toBeLessThan(lemma1Bound({ ...constants, k }));
    }
  });
});

describe('Lemma 1', () => {
  test.each(['linear', 'tanh', 'sigmoid', 'relu'] as const)(
    '%s: every distance is below the bound',
    (activation) => {
      fc.assert(
        fc.property(seeds, fc.double({ min: 0.1, max: 0.97, noNaN: true }), (seed, lambda) => {
          const { model, task } = gaussianInstance({ lambda, sequences: 1, steps: 30, seed });
          const bias = gaussian(1, 10, { normal: generator(seed + 1).normal })[0]!;
          const biased = { ...model, bias, activation };
          const x = task.inputs[0] as number[][];
          const constants = lemma1Constants(biased, {
            inputBound: Math.max(...x.map((row) => Math.hypot(...row))),
          });
          for (const { k, distance } of truncationDistances(biased, x, [1, 2, 5, 10, 20, 30])) {
            expect(distance).toBeLessThanOrEqual(lemma1Bound({ ...constants, k }));
          }
        }),
        { numRuns: 25 },
      );
    },
  );

  test('is sharp: h⁺ = λ h + x with x = 1 comes within λ^(T-k) of it', () => {
    const lambda = 0.9;
    const model = { W: [[lambda]], kernel: [[1]], activation: 'linear' as const };
    const x = Array.from({ length: 300 }, () => [1]);
    const { distance } = truncationDistances(model, x, [20])[0]!;
    const bound = lemma1Bound({ lambda, inputLipschitz: 1, inputBound: 1, k: 20 });
    expect(distance / bound).toBeGreaterThan(1 - 1e-12);
    expect(distance / bound).toBeLessThan(1 + 1e-13);
  });

  test('without the bias term the bound would be wrong: a biased unit at rest exceeds it', () => {
    const model = { W: [[0.5]], kernel: [[1]], bias: [1], activation: 'linear' as const };
    const { distance } = truncationDistances(
      model,
      Array.from({ length: 60 }, () => [0]),
      [3],
    )[0]!;
    const constants = lemma1Constants(model, { inputBound: 0 });
    expect(distance).toBeGreaterThan(lemma1Bound({ ...constants, offset: 0, k: 3 }));
    expect(distance).toBeLessThanOrEqual(lemma1Bound({ ...constants, k: 3 }));
  });
});

describe('truncationLength', () => {
  test.each([
    [{ lambda: 0.5, inputLipschitz: 1, inputBound: 1, epsilon: 0.01 }, 8], // 2·2⁻⁷ = 0.0156, 2·2⁻⁸ = 0.0078
    [{ lambda: 0.5, inputLipschitz: 1, inputBound: 1, epsilon: 2 ** -9 }, 10], // exactly at the bound
    [{ lambda: 0.9, inputLipschitz: 2, inputBound: 3, epsilon: 1e-3 }, 105], // log(60000)/log(1/0.9) = 104.4
    [{ lambda: 0, inputLipschitz: 1, inputBound: 1, epsilon: 0.5 }, 1],
    [{ lambda: 0.5, inputLipschitz: 1, inputBound: 1, epsilon: 3 }, 0],
    [{ lambda: 0.5, inputLipschitz: 0, inputBound: 1, epsilon: 0.5 }, 0],
    [{ lambda: 0.5, inputLipschitz: 1, inputBound: 0, offset: 1, epsilon: 0.01 }, 8],
  ])('%j: %d', (options, k) => {
    expect(truncationLength(options)).toBe(k);
  });

  test('is the smallest k whose bound is within epsilon', () => {
    const positive = (max: number) => fc.double({ min: 1e-3, max, noNaN: true });
    fc.assert(
      fc.property(
        positive(0.999),
        positive(50),
        positive(50),
        positive(1),
        (lambda, inputLipschitz, inputBound, epsilon) => {
          const constants = { lambda, inputLipschitz, inputBound };
          const k = truncationLength({ ...constants, epsilon });
          expect(lemma1Bound({ ...constants, k })).toBeLessThanOrEqual(epsilon);
          if (k > 0) expect(lemma1Bound({ ...constants, k: k - 1 })).toBeGreaterThan(epsilon);
        },
      ),
    );
  });
});

test('a transition map gives what its weights give; an LSTM obeys Lemma 1 in its infinity norm', () => {
  const { model, task } = gaussianInstance({ sequences: 1, steps: 20 });
  const x = task.inputs[0] as number[][];
  const U = (model.kernel as number[][])[0]!.map((_, i) =>
    (model.kernel as number[][]).map((row) => row[i]!),
  );
  const map = vanillaMap({ W: model.W, U, activation: 'tanh' });
  expect(gap(truncatedState(map, x, 7), truncatedState(model, x, 7))).toBeLessThan(1e-15);

  const { normal } = generator(4);
  const weights = {
    kernel: gaussian(5, 12, { normal, scale: 0.05 }),
    recurrentKernel: gaussian(3, 12, { normal, scale: 0.03 }),
  };
  const inputBound = Math.max(...x.flat().map(Math.abs));
  const { factor, forgetBound } = lstmContractionFactor({ ...weights, inputBound });
  expect(factor).toBeLessThan(0.95);
  const lstm = lstmMap({ ...weights, cellBound: 1 / (1 - forgetBound) });
  const full = truncatedState(lstm, x, 20);
  for (const k of [1, 5, 10]) {
    const largest = Math.max(1, 1 / (1 - forgetBound)); // of |(c, h)|∞, where the truncated model starts from zero
    expect(gap(truncatedState(lstm, x, k), full)).toBeLessThanOrEqual(factor ** k * largest);
    expect(gap(truncatedState(lstm, x, k), full)).toBeGreaterThan(0);
  }
});

test('a length beyond counting, or a bound beyond float64, is refused at once; λ next to 1 is not', () => {
  const constants = { lambda: 0.5, inputLipschitz: 1, inputBound: 1 };
  expect(() =>
    truncationLength({ ...constants, inputLipschitz: 1e200, inputBound: 1e200, epsilon: 1 }),
  ).toThrow(/range of float64/);
  expect(() => lemma1Bound({ ...constants, inputLipschitz: 1e200, inputBound: 1e200, k: 3 })).toThrow(
    /range of float64/,
  );
  const nextToOne = { ...constants, lambda: 1 - Number.EPSILON / 2 };
  expect(() => truncationLength({ ...nextToOne, epsilon: 1e-300 })).toThrow(/at most 9007199254740991 steps/);
  const k = truncationLength({ ...constants, lambda: 1 - 1e-9, epsilon: 1e-9 });
  expect(k / (-Math.log(1e-18) / 1e-9)).toBeCloseTo(1, 6);
  expect(truncationLength({ ...constants, inputBound: 0.5e308, epsilon: 1e-308 })).toBe(
    Math.ceil(616 * Math.log2(10)),
  );
});
