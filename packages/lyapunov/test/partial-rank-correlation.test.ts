import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LyapunovError, partialRankCorrelation, rankCorrelation } from '../src/index.js';

/** Residuals of the ranks of `values` after least squares on those of `control`, all distinct. */
function residuals(values: number[], control: number[]): number[] {
  const ranksOf = (all: number[]): number[] =>
    all.map((value) => all.filter((other) => other < value).length - (all.length - 1) / 2);
  const [v, c] = [ranksOf(values), ranksOf(control)];
  const dot = (a: number[], b: number[]): number => a.reduce((sum, each, i) => sum + each * b[i]!, 0);
  const slope = dot(v, c) / dot(c, c);
  return v.map((each, i) => each - slope * c[i]!);
}

const list = fc.uniqueArray(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 9, maxLength: 9 });

describe('partialRankCorrelation', () => {
  it('is the correlation of what least squares on the ranks of the control leaves of both ranks, to 1e-9 (property)', () => {
    fc.assert(
      fc.property(list, list, list, (x, y, z) => {
        fc.pre([x, y].every((each) => Math.abs(rankCorrelation(each, z).correlation) < 0.99));
        const [a, b] = [residuals(x, z), residuals(y, z)];
        const dot = (u: number[], v: number[]): number => u.reduce((sum, each, i) => sum + each * v[i]!, 0);
        const expected = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
        expect(Math.abs(partialRankCorrelation(x, y, z).correlation - expected)).toBeLessThan(1e-9);
      }),
    );
  });

  it('finds nothing where both follow the control and noise of their own: ρ within 0.1 of 0 for 2,000 pairs', () => {
    let state = 1;
    const uniform = (): number => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const z = Array.from({ length: 2000 }, uniform);
    const [x, y] = [z.map((each) => each + uniform()), z.map((each) => each + uniform())];
    expect(rankCorrelation(x, y).correlation).toBeGreaterThan(0.4);
    expect(Math.abs(partialRankCorrelation(x, y, z).correlation)).toBeLessThan(0.1);
  });

  it('refuses a control that orders as x does, and fewer than 5 pairs', () => {
    const x = [1, 2, 3, 4, 5, 6];
    expect(() => partialRankCorrelation(x, [2, 1, 4, 3, 6, 5], x)).toThrow(LyapunovError);
    expect(() => partialRankCorrelation([1, 2, 3, 4], [2, 1, 4, 3], [1, 3, 2, 4])).toThrow(
      'at least 5 pairs',
    );
  });
});
