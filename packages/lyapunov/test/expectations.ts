import { expect } from 'vitest';

/** Every entry within `bound` of the wanted one. */
export function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, bound: number): void {
  expect(got.length).toBe(wanted.length);
  const gap = Math.max(...Array.from(got, (value, i) => Math.abs(value - wanted[i]!)));
  expect(gap, `[${Array.from(got)}] against [${Array.from(wanted)}]`).toBeLessThanOrEqual(bound);
}

export const descending = (values: Iterable<number>): number[] => [...values].sort((a, b) => b - a);

export const sum = (values: Iterable<number>): number =>
  [...values].reduce((total, value) => total + value, 0);
