import { describe, expect, it } from 'vitest';
import {
  addingProblem,
  addingProblemBaseline,
  copyMemory,
  copyMemoryBaseline,
  DatasetError,
  gather,
} from '../src/index.js';
import golden from './fixtures/random.json' with { type: 'json' };

describe('addingProblem', () => {
  it('draws the example that an independent implementation draws', () => {
    const { steps, seed, example, marked, values, target } = golden.adding;
    const data = addingProblem({ steps, seed, first: example, size: 1 });
    const expected = values.flatMap((value, t) => [value, marked.includes(t) ? 1 : 0]);
    expect(Array.from(data.inputs)).toEqual(expected);
    expect(data.targets[0]).toBe(Math.fround(target));
  });

  it.each([2, 3, 9, 100])('with %i steps marks one step in each half and asks for the sum', (steps) => {
    const { inputs, targets, size, targetShape, classes } = addingProblem({ steps, size: 200, seed: 1 });
    expect([size, targetShape, classes]).toEqual([200, [], undefined]);
    const seen = new Set<number>();
    for (let k = 0; k < size; k++) {
      const marked = Array.from({ length: steps }, (_, t) => t).filter(
        (t) => inputs[(k * steps + t) * 2 + 1] === 1,
      );
      expect(marked.length).toBe(2);
      expect(marked[0]! < Math.floor(steps / 2) && marked[1]! >= Math.floor(steps / 2)).toBe(true);
      expect(targets[k]).toBe(
        Math.fround(inputs[(k * steps + marked[0]!) * 2]! + inputs[(k * steps + marked[1]!) * 2]!),
      );
      for (const t of marked) seen.add(t);
    }
    if (steps < 10) expect(seen.size).toBe(steps);
  });

  it('has the mean squared error 1/6 for the answer 1 (20,000 examples, within 5 standard errors = 0.006)', () => {
    const targets = Array.from(addingProblem({ steps: 2, size: 20_000, seed: 7 }).targets);
    const error = targets.reduce((sum, target) => sum + (target - 1) ** 2, 0) / targets.length;
    expect(Math.abs(error - addingProblemBaseline)).toBeLessThan(0.006);
  });

  it('refuses a single step and numbers that are no integers', () => {
    expect(() => addingProblem({ steps: 1, size: 1 })).toThrow('steps to be an integer of at least 2, got 1');
    expect(() => addingProblem({ steps: 4, size: 0 })).toThrow(DatasetError);
    expect(() => addingProblem({ steps: 4, size: 1, first: -1 })).toThrow('first');
    expect(() => addingProblem({ steps: 4, size: 1, seed: Number.POSITIVE_INFINITY })).toThrow(
      'got Infinity',
    );
  });
});

describe('copyMemory', () => {
  it('is the definition written out: data, T - 1 blanks, delimiter, blanks; then the data at the end', () => {
    const { seed, example, data } = golden.copy;
    const { inputs, targets, steps, inputDim, classes } = copyMemory({
      delay: 4,
      size: 1,
      seed,
      first: example,
    });
    expect([steps, inputDim, classes]).toEqual([24, 10, 9]);
    expect(Array.from(inputs)).toEqual([...data, 8, 8, 8, 9, ...new Array(10).fill(8)]);
    expect(Array.from(targets)).toEqual([...new Array(14).fill(8), ...data]);
  });

  it('expands to one-hot inputs [b, T + 20, 10] and labels [b, T + 20]', () => {
    const problem = copyMemory({ delay: 30, size: 3 });
    const { inputs, inputShape, targets, targetShape } = gather(problem, [0, 1, 2]);
    expect([inputShape, targetShape]).toEqual([
      [3, 50, 10],
      [3, 50],
    ]);
    expect(targets).toBeInstanceOf(Int32Array);
    problem.inputs.forEach((symbol, t) => {
      const step = inputs.subarray(t * 10, (t + 1) * 10);
      expect(Array.from(step)).toEqual(Array.from({ length: 10 }, (_, j) => (j === symbol ? 1 : 0)));
    });
  });

  it('draws every symbol equally often (chi-squared of 8 cells below its 99.9% quantile 24.3)', () => {
    const { targets } = copyMemory({ delay: 1, size: 1600, seed: 11 });
    const counts = new Array<number>(9).fill(0);
    for (const symbol of targets) counts[symbol]!++;
    expect(counts[8]).toBe(1600 * 11);
    expect(counts.slice(0, 8).reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(24.3);
  });

  it('has the baseline 10 log 8 / (T + 20)', () => {
    expect(copyMemoryBaseline({ delay: 100 })).toBeCloseTo((10 * Math.log(8)) / 120, 15);
    expect(copyMemoryBaseline({ delay: 7, length: 3, symbols: 2 })).toBeCloseTo((3 * Math.log(2)) / 13, 15);
  });

  it('takes other lengths and alphabets, and refuses ones that do not fit', () => {
    const { steps, inputDim, classes } = copyMemory({ delay: 1, size: 2, length: 2, symbols: 254 });
    expect([steps, inputDim, classes]).toEqual([5, 256, 255]);
    expect(() => copyMemory({ delay: 1, size: 2, symbols: 255 })).toThrow('at most 254');
    expect(() => copyMemory({ delay: 0, size: 2 })).toThrow(DatasetError);
    expect(() => copyMemory({ delay: 1, size: 2, length: 1.5 })).toThrow('length to be an integer');
    expect(() => copyMemoryBaseline({ delay: Number.NaN })).toThrow('copyMemoryBaseline: expected delay');
  });
});
