import { readFileSync } from 'node:fs';
import { gaussian, generator } from '@hurwitz/random';
import { clipSingularValues } from '@hurwitz/stability';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareRNNs,
  InputBoundError,
  NotContractiveError,
  runRNN,
  transformRNN,
  unitaryFromContractive,
} from '../src/index.js';
import { contraction, gap, orthogonalityGap, seeds } from './random.js';

const { contractive } = JSON.parse(
  readFileSync(new URL('./fixtures/equivalence.json', import.meta.url), 'utf8'),
) as {
  contractive: {
    W: number[][];
    kernel: number[][];
    bias: number[];
    readout: number[][];
    x: number[][];
    y: number[][];
    inputBoundInf: number;
  };
};

describe('the fixture', () => {
  const unitary = unitaryFromContractive({ ...contractive, inputBound: contractive.inputBoundInf });

  test('both networks give its outputs to 1e-13', () => {
    expect(gap(runRNN(contractive, contractive.x), contractive.y)).toBeLessThan(1e-13);
    expect(gap(runRNN(unitary, contractive.x, { checkInputs: true }), contractive.y)).toBeLessThan(1e-13);
  });

  test('the dilation has 8 units and is orthogonal to 1e-14', () => {
    expect(unitary.W.length).toBe(8);
    expect(orthogonalityGap(unitary.W)).toBeLessThan(1e-14);
  });

  test('inputs far beyond the bound part the maps, and checking mode refuses them', () => {
    const x = contractive.x.map((row) => row.map((entry) => 40 * entry));
    expect(gap(runRNN(unitary, x), runRNN(contractive, x))).toBeGreaterThan(1);
    expect(() => runRNN(unitary, x, { checkInputs: true })).toThrow(InputBoundError);
    expect(() => compareRNNs(contractive, unitary, { inputs: [x], checkInputs: true })).toThrow(
      /inputs of norm at most 1, got 16\.\d+ at step 0/,
    );
  });
});

describe('random contractions', () => {
  test.each(['infinity', '2'] as const)('equal maps to the last bit, input norm %s', (inputNorm) => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: 6 }),
        fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 10, noNaN: true })),
        (seed, units, inputBound) => {
          const model = contraction({ units, seed });
          const unitary = unitaryFromContractive({ ...model, inputBound, inputNorm });
          expect(orthogonalityGap(unitary.W)).toBeLessThan(1e-13);
          expect(
            compareRNNs(model, unitary, { sequences: 4, steps: 40, seed, checkInputs: true }).largestGap,
          ).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each(['infinity', '2'] as const)(
    'the maps still agree up to margin.largestInput, norm %s',
    (inputNorm) => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const model = contraction({ seed, rho: 0.6 });
          const unitary = unitaryFromContractive({ ...model, inputBound: 1, inputNorm });
          const { largestInput, left } = unitary.margin;
          expect(left).toBeGreaterThan(0);
          expect(left).toBe(largestInput - 1);
          const options = { inputBound: largestInput, inputNorm, sequences: 4, steps: 40, seed };
          expect(compareRNNs(model, unitary, options).largestGap).toBe(0);
        }),
        { numRuns: 30 },
      );
    },
  );

  test('the margin is exact for a scalar: h⁺ = relu(w h + x), where it ends the maps part', () => {
    // M_h = M/(1-w), the second unit wakes at √(1-w²) h > M_h, and h tends to x/(1-w): x = M/√(1-w²)
    const model = { W: [[0.6]], kernel: [[1]], bias: [0], readout: [[1]] };
    const unitary = unitaryFromContractive({ ...model, inputBound: 2 });
    expect(unitary.stateBound).toBeCloseTo(5, 14);
    expect(unitary.margin.largestInput).toBeCloseTo(2.5, 14);
    const held = (x: number) => [Array.from({ length: 200 }, () => [x])];
    expect(compareRNNs(model, unitary, { inputs: held(2.499) }).largestGap).toBe(0);
    expect(compareRNNs(model, unitary, { inputs: held(2.501) }).largestGap).toBeGreaterThan(1e-4);
  });

  test('the state stays below stateBound, and nearly reaches it', () => {
    const model = { W: [[0.5]], kernel: [[1]], bias: [0.25] };
    const { stateBound } = unitaryFromContractive({ ...model, inputBound: 1 });
    const states = runRNN(
      model,
      Array.from({ length: 60 }, () => [1]),
    ).flat();
    expect(Math.max(...states)).toBeLessThanOrEqual(stateBound);
    expect(Math.max(...states)).toBeGreaterThan(stateBound * (1 - 1e-12));
  });

  test('an initial state larger than any driven one sets the bound', () => {
    const model = {
      ...contraction(),
      initialState: [30, 40, 0, 0],
      kernel: [[0.01, 0, 0, 0]],
      bias: [0, 0, 0, 0],
    };
    const unitary = unitaryFromContractive({ ...model, inputBound: 1 });
    expect(unitary.stateBound).toBe(50);
    expect(compareRNNs(model, unitary).largestGap).toBe(0);
  });

  test.each<[string, number[], number[]]>([
    ['zero', [0, 0], [0, 0]],
    ['of rank one', [0.4, 0.4], [0.4, 0.4]],
    ['within 1e-12 of orthogonal', [0, -1 + 1e-12], [1 - 1e-12, 0]],
    ['a repeated singular value', [0.5, 0], [0, 0.5]],
  ])('W %s: orthogonal to 1e-14, equal maps', (_, ...W) => {
    const model = { W, kernel: [[1, -1]], bias: [0.1, 0.2] };
    const unitary = unitaryFromContractive({ ...model, inputBound: 1 });
    expect(orthogonalityGap(unitary.W)).toBeLessThan(1e-14);
    expect(compareRNNs(model, unitary, { steps: 30 }).largestGap).toBe(0);
  });

  test('inputs that never reach the state leave an infinite margin', () => {
    const unitary = unitaryFromContractive({ W: [[0.5]], kernel: [[0]], bias: [1], inputBound: 1 });
    expect(unitary.margin.largestInput).toBe(Infinity);
  });

  test('a W on or above 1 is refused with the excess', () => {
    const W = clipSingularValues(gaussian(3, 3, generator(3)), 1).map((row) => row.map((x) => 3 * x));
    try {
      unitaryFromContractive({ W, kernel: [[1, 1, 1]], inputBound: 1 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NotContractiveError);
      expect((error as NotContractiveError).spectralNorm).toBeGreaterThan(1);
      expect((error as Error).message).toMatch(/too large by \d/);
    }
    expect(() => unitaryFromContractive({ W: [[1]], kernel: [[1]], inputBound: 1 })).toThrow(
      /too large by 0/,
    );
  });

  test('contractions of any size are dilated at once: entries of 1e-306, rank 1, W = 0, to 1e-14', () => {
    const n = 12;
    const entry = (i: number, j: number) => Math.sin(i * n + j * j + 1);
    for (const W of [1e-306, 1e-160, 0].map((c) =>
      Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => c * entry(i, j))),
    )) {
      const unitary = unitaryFromContractive({ W, kernel: [new Array<number>(n).fill(1)], inputBound: 1 });
      expect(orthogonalityGap(unitary.W)).toBeLessThan(1e-14);
    }
    const rankOne = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (0.9 / n) * (-1) ** (i + j)),
    );
    const unitary = unitaryFromContractive({
      W: rankOne,
      kernel: [new Array<number>(n).fill(1)],
      inputBound: 1,
    });
    expect(orthogonalityGap(unitary.W)).toBeLessThan(1e-14);
  });

  test('the state bound and margin follow the unit of the input, 1e-200 to 1e200 (1e-12); beyond float64 they are refused', () => {
    const weights = {
      W: [
        [0.5, 0.1],
        [0, 0.4],
      ],
      kernel: [[1, 2]],
    };
    const bias = [0.3, -0.1];
    const unit = unitaryFromContractive({ ...weights, bias, inputBound: 1 });
    for (const c of [1e-200, 1e-100, 1e100, 1e200]) {
      const scaled = unitaryFromContractive({ ...weights, bias: bias.map((b) => b * c), inputBound: c });
      expect(scaled.stateBound / c / unit.stateBound).toBeCloseTo(1, 12);
      expect(scaled.margin.largestInput / c / unit.margin.largestInput).toBeCloseTo(1, 12);
    }
    expect(() => unitaryFromContractive({ ...weights, kernel: [[1e200, 0]], inputBound: 1e200 })).toThrow(
      /range of float64/,
    );
  });

  test('coordinates of a ReLU network may differ by any scales; weights beyond float64 are refused', () => {
    const model = {
      W: [
        [0.5, 0],
        [0.1, 0.4],
      ],
      kernel: [[1, 1]],
      readout: [[1], [1]],
      activation: 'relu' as const,
    };
    const turned = transformRNN(model, [
      [1e100, 0],
      [0, 1e-100],
    ]);
    expect(turned.W).toEqual([
      [0.5, 0],
      [expect.closeTo(0.1e-200, 210), 0.4],
    ]);
    expect(() =>
      transformRNN(model, [
        [1e-200, 0],
        [0, 1e200],
      ]),
    ).toThrow(/range of float64/);
  });
});
