import { expect, test } from 'vitest';
import { gaussian, generator } from '../src/index.js';

test('uniform numbers are those of mulberry32', () => {
  const { uniform } = generator(1);
  expect([uniform(), uniform(), uniform()]).toEqual([
    0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
  ]);
});

test('a seed repeats, another differs, and scale only scales', () => {
  const M = gaussian(3, 2, generator(7));
  expect(M.map((row) => row.length)).toEqual([2, 2, 2]);
  expect(gaussian(3, 2, generator(7))).toEqual(M);
  expect(gaussian(3, 2, generator(8))).not.toEqual(M);
  const doubled = gaussian(3, 2, { normal: generator(7).normal, scale: 2 });
  expect(doubled).toEqual(M.map((row) => row.map((entry) => 2 * entry)));
});

test('100,000 normal numbers have the moments 0, 1, 0, 3 within five standard errors', () => {
  const draws = gaussian(1, 100_000, generator(2))[0]!;
  // Var of z, z², z³, z⁴ is 1, 2, 15, 96
  for (const [power, moment, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
  ] as const) {
    const mean = draws.reduce((sum, z) => sum + z ** power, 0) / draws.length;
    expect(Math.abs(mean - moment)).toBeLessThan(5 * Math.sqrt(variance / draws.length));
  }
});
