import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LyapunovError, rankCorrelation } from '../src/index.js';

describe('rankCorrelation', () => {
  it('is 1 - 6 Σd² / (n (n² - 1)) without ties, to 1e-14', () => {
    const x = [106, 86, 100, 101, 99, 103, 97, 113, 112, 110];
    const y = [7, 0, 27, 50, 28, 29, 20, 12, 6, 17];
    // Differences of ranks by hand: Σd² = 194, the textbook example with ρ = -29/165.
    const { correlation, count } = rankCorrelation(x, y);
    expect(Math.abs(correlation + 29 / 165)).toBeLessThan(1e-14);
    expect(count).toBe(10);
  });

  it('shares ranks among equal values: [1, 2, 2, 3] with [1, 2, 3, 4] gives 3/√10 to 1e-14', () => {
    const { correlation } = rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]);
    expect(Math.abs(correlation - 3 / Math.sqrt(10))).toBeLessThan(1e-14);
  });

  it('has the interval of Bonett and Wright: ρ = 0.5 of 9 pairs gives tanh(0.549306 ± 0.848689) to 1e-6', () => {
    // Σd² = 60. artanh 0.5 = 0.5493, 1.96 √(1.125 / 6) = 0.848689.
    const { correlation, interval } = rankCorrelation(
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [5, 4, 3, 2, 1, 9, 8, 7, 6],
    );
    expect(correlation).toBeCloseTo(0.5, 14);
    expect(Math.abs(interval[0] - Math.tanh(0.5493061 - 0.8486893))).toBeLessThan(1e-6);
    expect(Math.abs(interval[1] - Math.tanh(0.5493061 + 0.8486893))).toBeLessThan(1e-6);
  });

  const list = fc.uniqueArray(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 8, maxLength: 8 });
  it('does not change under increasing maps, and changes its sign under decreasing ones, to 1e-14 (property)', () => {
    fc.assert(
      fc.property(list, list, (x, y) => {
        const { correlation, interval } = rankCorrelation(x, y);
        expect(
          rankCorrelation(
            x,
            y.map((value) => 2 * value),
          ).correlation,
        ).toBe(correlation);
        expect(
          rankCorrelation(
            x,
            y.map((value) => -value),
          ).correlation,
        ).toBeCloseTo(-correlation, 14);
        expect(rankCorrelation(y, x).correlation).toBeCloseTo(correlation, 14);
        expect(interval[0]).toBeLessThanOrEqual(correlation);
        expect(interval[1]).toBeGreaterThanOrEqual(correlation);
      }),
    );
  });

  it('covers the ρ of bivariate normal pairs in 93% to 97% of 2,000 samples of 40', () => {
    const random = generator(1);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const pearson = 0.6;
    const spearman = (6 / Math.PI) * Math.asin(pearson / 2);
    let covered = 0;
    for (let sample = 0; sample < 2000; sample++) {
      const x = Array.from({ length: 40 }, normal);
      const y = x.map((value) => pearson * value + Math.sqrt(1 - pearson ** 2) * normal());
      const { interval } = rankCorrelation(x, y);
      if (interval[0] <= spearman && spearman <= interval[1]) covered++;
    }
    expect(covered / 2000).toBeGreaterThan(0.93);
    expect(covered / 2000).toBeLessThan(0.97);
  });

  it('ranks infinities, and has a point for an interval at perfect agreement', () => {
    const { correlation, interval } = rankCorrelation([1, 2, 3, Infinity], [-Infinity, 0, 1, 2]);
    expect([correlation, ...interval]).toEqual([1, 1, 1]);
  });

  it.each<[string, number[], number[], string]>([
    ['three pairs', [1, 2, 3], [1, 2, 3], 'at least 4 pairs, got 3'],
    ['lists of different lengths', [1, 2, 3, 4], [1, 2, 3], '4 values of y, as of x, got 3'],
    ['NaN', [1, 2, 3, Number.NaN], [1, 2, 3, 4], 'numbers in x, got NaN'],
    ['a constant', [1, 2, 3, 4], [5, 5, 5, 5], 'values of y that differ, got a constant'],
  ])('refuses %s', (_, x, y, message) => {
    expect(() => rankCorrelation(x, y)).toThrow(LyapunovError);
    expect(() => rankCorrelation(x, y)).toThrow(message);
  });
});

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
