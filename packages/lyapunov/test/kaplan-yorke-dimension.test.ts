import { describe, expect, it } from 'vitest';
import { entropyBound, kaplanYorkeDimension, LyapunovError } from '../src/index.js';

describe('kaplanYorkeDimension', () => {
  it.each([
    ['Hénon', [0.419, -1.623], 1 + 0.419 / 1.623],
    ['Lorenz', [0.906, 0, -14.572], 2 + 0.906 / 14.572],
    ['unsorted', [-14.572, 0.906, 0], 2 + 0.906 / 14.572],
    ['a stable fixed point', [-1, -2], 0],
    ['a limit cycle', [0, -0.5], 1],
    ['a volume-preserving map', [0.7, -0.7], 2],
    ['a lost direction', [0.3, Number.NEGATIVE_INFINITY], 1],
  ])('%s', (_, exponents, dimension) => {
    expect(kaplanYorkeDimension(exponents)).toBeCloseTo(dimension, 14);
  });

  it.each([[[]], [[Number.NaN, 1]], [[Number.POSITIVE_INFINITY]]])('refuses %j', (exponents) => {
    expect(() => kaplanYorkeDimension(exponents)).toThrow(LyapunovError);
    expect(() => entropyBound(exponents)).toThrow(LyapunovError);
  });
});

it('entropyBound is the sum of the positive exponents', () => {
  expect(entropyBound([0.5, -1, 0.25, Number.NEGATIVE_INFINITY])).toBe(0.75);
  expect(entropyBound([-1])).toBe(0);
});
