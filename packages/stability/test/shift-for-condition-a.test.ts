import { generator } from '@hurwitz/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkTheorem1,
  residualContractionFactor,
  StabilityError,
  shiftForConditionA,
  simulate,
  theorem1Requirements,
  vanillaMap,
} from '../src/index.js';
import { gaussian, identity, seeds, symmetricSkew } from './random.js';

const shifted = (A: number[][], by: number) => A.map((row, i) => row.map((x, j) => (i === j ? x - by : x)));

describe('shiftForConditionA', () => {
  it('is what theorem1Requirements says (1e-12), and the theorem changes its mind exactly there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), seeds, (n, seed) => {
        const A = symmetricSkew(gaussian(n, n, { seed }), { beta: 0.75, gamma: 0.3 });
        const W = gaussian(n, n, { seed: seed + 1 });
        const input = { A, W, lipschitzConstant: 0.7 };
        const { shift, maxEigAsym, M_sigmaMaxW } = shiftForConditionA(input);
        expect(shift).toBeCloseTo(theorem1Requirements(input).shiftForA, 12);
        const { premise, conditionA } = checkTheorem1(input);
        expect(maxEigAsym).toBeCloseTo(premise.maxEigAsym, 12);
        expect(M_sigmaMaxW).toBeCloseTo(conditionA.M_sigmaMaxW, 12);
        expect(checkTheorem1({ ...input, A: shifted(A, shift + 1e-9) }).conditionA.holds).toBe(true);
        expect(checkTheorem1({ ...input, A: shifted(A, shift - 1e-9) }).conditionA.holds).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('a shift of -α is a rate: distances of two trajectories stay below e^(-αt) times the first (1e-6)', () => {
    const n = 6;
    const W = gaussian(n, n, { seed: 3 });
    const free = symmetricSkew(gaussian(n, n, { seed: 2 }), { beta: 0.75, gamma: 0 });
    const alpha = 0.2;
    const A = shifted(free, shiftForConditionA({ A: free, W }).shift + alpha);
    expect(shiftForConditionA({ A, W }).shift).toBeCloseTo(-alpha, 12);
    const next = generator(5).normal;
    const step = 0.01;
    const run = () =>
      simulate({ A, W, start: Array.from({ length: n }, () => 3 * next()), step, steps: 500 });
    const [one, other] = [run(), run()];
    const distance = one.map((h, t) => Math.hypot(...Array.from(h, (x, i) => x - other[t]![i]!)));
    distance.forEach((d, t) => {
      expect(d).toBeLessThan((1 + 1e-6) * Math.exp(-alpha * step * t) * distance[0]!);
    });
  });

  it('refuses matrices that differ in size or are not finite', () => {
    expect(() => shiftForConditionA({ A: identity(2), W: identity(3) })).toThrow(StabilityError);
    expect(() => shiftForConditionA({ A: [[Number.NaN]], W: [[1]] })).toThrow(/finite numbers/);
    expect(() => shiftForConditionA({ A: [[1]], W: [[1]], lipschitzConstant: 0 })).toThrow(
      /lipschitzConstant/,
    );
  });
});

describe('residualContractionFactor', () => {
  it('is |1 + εa| + ε L |w| for one unit, and 1 + ε L ‖W‖ without A', () => {
    const one = residualContractionFactor({ A: [[-3]], W: [[2]], step: 0.1, lipschitzConstant: 0.25 });
    expect(one.factor).toBeCloseTo(0.75, 15);
    expect(one.margin).toBeCloseTo(0.25, 15);
    expect(one.stable).toBe(true);
    const plain = residualContractionFactor({
      W: [
        [0, 2],
        [-1, 0],
      ],
      step: 0.5,
    });
    expect(plain.factor).toBeCloseTo(2, 14);
    expect(plain.stable).toBe(false);
  });

  it('bounds how far two states of h + ε(A h + tanh(W h + z)) part in one step, and is reached in the linear range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        seeds,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (n, seed, step) => {
          const A = gaussian(n, n, { seed });
          const W = gaussian(n, n, { seed: seed + 1 });
          const { factor } = residualContractionFactor({ A, W, step });
          const tanh = vanillaMap({ W, U: identity(n) });
          const next = generator(seed).normal;
          const draw = () => Float64Array.from({ length: n }, next);
          const z = draw();
          const map = (h: Float64Array) => {
            const sigma = tanh.step(h, z);
            return h.map((x, i) => x + step * (A[i]!.reduce((sum, a, j) => sum + a * h[j]!, 0) + sigma[i]!));
          };
          const [h, g] = [draw(), draw()];
          const [h1, g1] = [map(h), map(g)];
          const gap = (x: Float64Array, y: Float64Array) => Math.hypot(...x.map((value, i) => value - y[i]!));
          expect(gap(h1, g1)).toBeLessThanOrEqual(factor * gap(h, g) * (1 + 1e-12));
        },
      ),
    );
    // n = 1, a > 0: tanh has slope 1 at 0, so the bound is the slope there.
    const { factor } = residualContractionFactor({ A: [[0.5]], W: [[2]], step: 0.1 });
    expect(1 + 0.1 * (0.5 + Math.tanh(2e-5) / 1e-5)).toBeCloseTo(factor, 8);
  });

  it('refuses a step that is not positive', () => {
    expect(() => residualContractionFactor({ W: [[1]], step: 0 })).toThrow(StabilityError);
  });
});
