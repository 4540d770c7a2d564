import { expect, test } from 'vitest';
import { EquivalenceError, rSquared } from '../src/index.js';

const target = [
  [1, 10],
  [2, 30],
  [3, 50],
];

test('is 1 for perfect predictions, 0 for the means, their average output by output, and below 0 beyond', () => {
  expect(rSquared(target, target)).toBe(1);
  expect(rSquared([[2, 30], [2, 30], [2, 30]], target)).toBe(0); // biome-ignore format: one row
  expect(rSquared([[1, 30], [2, 30], [3, 30]], target)).toBe(0.5); // biome-ignore format: one row
  // squares of 2, 0, 2 over squares of 1, 0, 1; the other output is perfect
  expect(rSquared([[3, 10], [2, 30], [1, 50]], target)).toBe((1 - 8 / 2 + 1) / 2); // biome-ignore format: one row
});

test.each<[string, () => unknown, RegExp]>([
  ['another shape', () => rSquared([[1]], target), /predicted of shape \[3, 2\], got \[1, 1\]/],
  ['a constant output', () => rSquared([[1], [2]], [[4], [4]]), /output 0 that vary, got a constant/],
  ['NaN', () => rSquared([[1], [NaN]], [[4], [5]]), /predicted\[1\]\[0\] = NaN/],
])('refuses %s', (_, act, message) => {
  expect(act).toThrow(EquivalenceError);
  expect(act).toThrow(message);
});
