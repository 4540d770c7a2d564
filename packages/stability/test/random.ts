import { generator } from '@hurwitz/random';
import fc from 'fast-check';

/** Rows of normal numbers times `scale`. */
export function gaussian(
  rows: number,
  columns: number,
  { seed, scale = 1 }: { seed: number; scale?: number },
): number[][] {
  const next = generator(seed).normal;
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * next()));
}

/** (1 - beta)(M + Mᵀ) + beta(M - Mᵀ) - gamma I, the family of the Lipschitz RNN. */
export function symmetricSkew(M: number[][], { beta, gamma }: { beta: number; gamma: number }): number[][] {
  return M.map((row, i) => row.map((x, j) => x + (1 - 2 * beta) * M[j]![i]! - (i === j ? gamma : 0)));
}

export const identity = (n: number, scale = 1): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? scale : 0)));

export const seeds = fc.integer({ min: 1, max: 2 ** 31 });
