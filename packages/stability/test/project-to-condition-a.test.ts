import { generator } from '@hurwitz/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTheorem1, projectToConditionA, StabilityError, shiftForConditionA } from '../src/index.js';
import { gaussian, identity, seeds } from './random.js';

const minus = (X: number[][], Y: number[][]) => X.map((row, i) => row.map((x, j) => x - Y[i]![j]!));
const distance = (X: number[][], Y: number[][]) => Math.hypot(...minus(X, Y).flat());
const inner = (X: number[][], Y: number[][]) => X.flat().reduce((sum, x, i) => sum + x * Y.flat()[i]!, 0);

describe('projectToConditionA', () => {
  it('one unit: A = a, W = w > 0 with a + M w too large share the excess as 1 : M (1e-14)', () => {
    const {
      A,
      W,
      bound,
      distance: moved,
    } = projectToConditionA({
      A: [[1]],
      W: [[2]],
      lipschitzConstant: 0.5,
      margin: 0.25,
    });
    // The nearest point of a + w/2 = -1/4 to (1, 2): along (1, 1/2), by (2 + 1/4)/(5/4).
    const along = 2.25 / 1.25;
    expect(A[0]![0]).toBeCloseTo(1 - along, 14);
    expect(W[0]![0]).toBeCloseTo(2 - along / 2, 14);
    expect(bound).toBeCloseTo(2 - along / 2, 14);
    expect(moved).toBeCloseTo(along * Math.hypot(1, 0.5), 14);
  });

  it('gives W up where that is nearest, and changes nothing that has the room', () => {
    const far = projectToConditionA({ A: [[3]], W: [[0.5]] });
    expect(far.A[0]![0]).toBeCloseTo(0, 14);
    expect(far.W[0]![0]).toBeCloseTo(0, 14);
    const A = identity(3, -2);
    const W = identity(3, 1.5);
    expect(projectToConditionA({ A, W, margin: 0.5 })).toEqual({ A, W, bound: Infinity, distance: 0 });
  });

  const systems = fc.record({
    n: fc.integer({ min: 1, max: 8 }),
    seed: seeds,
    margin: fc.constantFrom(0, 0.1),
    lipschitzConstant: fc.constantFrom(0.25, 1, 3),
  });

  it('lands on the bound (1e-12), keeps the skew part of A, and a second time stays (1e-12)', () => {
    fc.assert(
      fc.property(systems, ({ n, seed, margin, lipschitzConstant }) => {
        const [A, W] = [gaussian(n, n, { seed }), gaussian(n, n, { seed: seed + 1 })];
        const once = projectToConditionA({ A, W, margin, lipschitzConstant });
        const { shift } = shiftForConditionA({ ...once, lipschitzConstant });
        if (once.distance > 0) expect(shift).toBeCloseTo(-margin, 6 + (once.bound > 1e-3 ? 6 : 0));
        else expect(shift).toBeLessThanOrEqual(-margin + 1e-12);
        const change = minus(A, once.A);
        change.forEach((row, i) => {
          row.forEach((x, j) => {
            expect(x).toBeCloseTo(change[j]![i]!, 12);
          });
        });
        expect(once.distance).toBeCloseTo(Math.hypot(distance(A, once.A), distance(W, once.W)), 12);
        const twice = projectToConditionA({ A: once.A, W: once.W, margin, lipschitzConstant });
        expect(twice.distance).toBeLessThan(1e-7);
        if (margin > 0 && once.bound > 1e-6)
          expect(
            checkTheorem1({ A: once.A, W: once.W, lipschitzConstant }).conditionA.margin,
          ).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it('is the nearest: the way back makes no acute angle with the way to any other point of the convex set (1e-9)', () => {
    fc.assert(
      fc.property(systems, ({ n, seed, margin, lipschitzConstant }) => {
        const [A, W] = [gaussian(n, n, { seed }), gaussian(n, n, { seed: seed + 1 })];
        const point = projectToConditionA({ A, W, margin, lipschitzConstant });
        const next = generator(seed + 2).normal;
        for (let k = 0; k < 20; k++) {
          // Another point of the set: a random one near, or far, brought in by the shift of A.
          const size = 10 ** (k / 5 - 3);
          const near = (M: number[][]) => M.map((row) => row.map((x) => x + size * next()));
          const [B, V] = [near(point.A), near(point.W)];
          const { shift } = shiftForConditionA({ A: B, W: V, lipschitzConstant });
          const by = Math.max(0, shift + margin);
          const inside = B.map((row, i) => row.map((x, j) => (i === j ? x - by : x)));
          const angle =
            inner(minus(A, point.A), minus(inside, point.A)) + inner(minus(W, point.W), minus(V, point.W));
          expect(angle).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses bad matrices and a negative margin', () => {
    expect(() => projectToConditionA({ A: identity(2), W: identity(3) })).toThrow(StabilityError);
    expect(() => projectToConditionA({ A: [[1]], W: [[1]], margin: -1 })).toThrow(/margin/);
    expect(() => projectToConditionA({ A: [[1]], W: [[1]], lipschitzConstant: 0 })).toThrow(StabilityError);
  });
});
