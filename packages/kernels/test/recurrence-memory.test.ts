import { afterEach, describe, expect, test } from 'vitest';
import { fusedMemory, MemoryError, setMaxTapeBytes } from '../src/index.js';
import { arrayProblem, solve } from './recurrence-problems.js';

describe('the tape', () => {
  afterEach(() => setMaxTapeBytes(2 ** 30));

  test.each(['dynamical', 'lstm', 'gru'] as const)(
    '%s: recomputing in segments gives the same states to the bit, and gradients within 1e-6 of the largest',
    (family) => {
      for (const tokens of [false, true]) {
        for (const time of [1, 2, 30, 49]) {
          const problem = arrayProblem({ family, time, tokens, inputDim: 7 });
          setMaxTapeBytes(2 ** 30);
          const expected = solve(problem);
          setMaxTapeBytes(0);
          const segmented = solve(problem);
          expect(segmented.final).toEqual(expected.final);
          for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
            const [got, want] = [segmented[name]!, expected[name]!];
            const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
            for (const [i, value] of want.entries()) {
              if (Math.abs(got[i]! - value) > 1e-6 * scale) expect(got[i], name).toBe(value);
            }
          }
        }
      }
    },
  );

  test('bytes are refused where they are no number', () => {
    expect(() => setMaxTapeBytes(Number.NaN)).toThrow(RangeError);
    expect(() => setMaxTapeBytes(-1)).toThrow(/setMaxTapeBytes: expected/);
  });
});

test('sizes past what WebAssembly addresses give a MemoryError, and nothing is allocated', () => {
  const problem = arrayProblem({ units: 8, batch: 4, time: 2 });
  const impossible = { ...problem, attributes: { ...problem.attributes, units: 100_000, time: 10_000 } };
  const used = fusedMemory().usedBytes;
  expect(() => solve(impossible)).toThrow(MemoryError);
  expect(() => solve(impossible)).toThrow(/needed \d+ MiB/);
  expect(fusedMemory().usedBytes).toBe(used);
});

test('sizes that only together pass what WebAssembly addresses give a MemoryError of their sum, and memory does not grow', () => {
  const problem = arrayProblem({ units: 8, batch: 4, time: 2 });
  const attributes = { ...problem.attributes, time: 7_500_000, returnSequences: true };
  const size = fusedMemory().reservedBytes;
  setMaxTapeBytes(Number.POSITIVE_INFINITY);
  try {
    expect(() => solve({ ...problem, attributes })).toThrow(MemoryError);
    expect(() => solve({ ...problem, attributes })).toThrow(/needed 45\d\d MiB/);
  } finally {
    setMaxTapeBytes(2 ** 30);
  }
  expect(fusedMemory().reservedBytes).toBe(size);
});
