import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishedPermutations, randomPermutation } from '../src/index.js';
import { keyedGenerator, uniform } from '../src/random.js';
import hashes from './fixtures/permutations.json' with { type: 'json' };
import golden from './fixtures/random.json' with { type: 'json' };

const sorted = (values: Iterable<number>) => Array.from(values).sort((a, b) => a - b);
const range = (length: number) => Array.from({ length }, (_, i) => i);

describe('keyedGenerator', () => {
  it('draws exactly what an independent implementation draws', () => {
    const generator = keyedGenerator('test', 42, 7);
    expect(golden.draws.values.map(() => generator.next())).toEqual(golden.draws.values);
  });

  it('gives unrelated streams to neighbouring seeds, positions and purposes (correlation below 0.05)', () => {
    const stream = (purpose: string, seed: number, position: number) => {
      const generator = keyedGenerator(purpose, seed, position);
      return Array.from({ length: 4000 }, () => uniform(generator) - 0.5);
    };
    const reference = stream('a', 0, 0);
    for (const other of [stream('a', 1, 0), stream('a', 0, 1), stream('b', 0, 0)]) {
      const correlation = reference.reduce((sum, value, i) => sum + value * other[i]!, 0) / 4000 / (1 / 12);
      expect(Math.abs(correlation)).toBeLessThan(0.05);
    }
  });

  it('is uniform in [0, 1) and exact in float32 (chi-squared of 64 cells below its 99.9% quantile 103.4)', () => {
    const generator = keyedGenerator('uniformity', 0);
    const cells = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) {
      const value = uniform(generator);
      expect(Math.fround(value) === value && value >= 0 && value < 1).toBe(true);
      cells[Math.floor(value * 64)]!++;
    }
    expect(cells.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(103.4);
  });
});

describe('randomPermutation', () => {
  it.each(golden.permutations)('of $length with seed $seed is the independent one', (one) => {
    expect(Array.from(randomPermutation(one.length, one.seed))).toEqual(one.permutation);
  });

  it('holds every position once, for every length and seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.maxSafeInteger(), (length, seed) => {
        expect(sorted(randomPermutation(length, seed))).toEqual(range(length));
      }),
    );
  });

  it('makes each of the 24 orders of 4 things equally often (chi-squared below its 99.9% quantile 49.7)', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 24_000; seed++) {
      const order = randomPermutation(4, seed).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect([...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(
      49.7,
    );
  });

  it('refuses a length that is no positive integer and a seed that is no integer', () => {
    expect(() => randomPermutation(0, 1)).toThrow('length to be an integer of at least 1, got 0');
    expect(() => randomPermutation(3, 0.5)).toThrow('seed to be an integer');
    expect(() => randomPermutation(3, Number.NaN)).toThrow('got NaN');
  });
});

describe('publishedPermutations', () => {
  it.each(Object.entries(publishedPermutations))('%s is the published one', (name, { permutation }) => {
    expect(sorted(permutation)).toEqual(range(784));
    const digest = createHash('sha256').update(permutation.join()).digest('hex');
    expect(digest).toBe(hashes[name as keyof typeof hashes]);
  });
});
