import { MemoryError, recurrenceDevice, setMaxTapeBytes, setThreads } from '@hurwitz/kernels';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { webAssemblyRecurrence } from '../../kernels/src/recurrence/kernels.js';
import { nativeDevice, nativeMemory } from '../src/index.js';
import { addon, describeEach, instructionSets } from './instruction-sets.js';
import {
  anyOptions,
  anyValues,
  distance,
  type Placed,
  type ProblemOptions,
  runOf,
  solve,
  withValues,
} from './problems.js';

const native = nativeDevice.recurrence!;

afterEach(() => {
  setMaxTapeBytes(2 ** 30);
  setThreads(1);
});

describeEach('recurrences', () => {
  test.each([
    ['the full tape', 2 ** 30],
    ['a tape in segments', 0],
  ])('any member, %s: every state and gradient within 2e-5 of its largest in WebAssembly', (_, bytes) => {
    setMaxTapeBytes(bytes);
    const agree = (options: Parameters<typeof runOf>[0]) => {
      const run = runOf(options);
      expect(distance(solve(native, run), solve(webAssemblyRecurrence, run))).toBeLessThan(2e-5);
    };
    fc.assert(fc.property(anyOptions, agree), { numRuns: 120 });
    expect(nativeMemory().usedBytes).toBe(0);
  });

  test('NaN and infinities in any array: in the same results and gradients as in WebAssembly, and what is finite within 1e-3', () => {
    const agree = (options: ProblemOptions, placed: Placed[]) => {
      const run = withValues(runOf(options), placed);
      const got = solve(native, run);
      for (const [name, values] of Object.entries(solve(webAssemblyRecurrence, run))) {
        for (const [i, value] of values.entries()) {
          const same = Number.isFinite(value)
            ? Math.abs(got[name]![i]! - value) <= 1e-3 * Math.max(1, Math.abs(value))
            : Object.is(got[name]![i], value);
          if (!same) throw new Error(`${name}[${i}]: ${got[name]![i]} and ${value}`);
        }
      }
    };
    fc.assert(fc.property(anyOptions, anyValues, agree), { numRuns: 120 });
  });

  test.each(['dynamical', 'lstm', 'gru'] as const)('%s: the same bits on 1, 2, 3 and 5 threads', (family) => {
    for (const tokens of [false, true]) {
      const run = runOf({ family, units: 64, batch: 67, time: 40, inputDim: 9, tokens, scheme: 'midpoint' });
      setThreads(1);
      const expected = solve(native, run);
      for (const count of [2, 3, 5]) {
        setThreads(count);
        expect(solve(native, run)).toEqual(expected);
      }
    }
  });

  test.each(['dynamical', 'lstm', 'gru'] as const)(
    '%s: a tape in segments gives the same states to the bit, and gradients within 1e-6 of their largest',
    (family) => {
      for (const tokens of [false, true]) {
        for (const time of [1, 2, 30, 49]) {
          const run = runOf({ family, time, tokens, inputDim: 7, returnSequences: true });
          const expected = solve(native, run);
          setMaxTapeBytes(0);
          const segmented = solve(native, run);
          setMaxTapeBytes(2 ** 30);
          expect(segmented.states).toEqual(expected.states);
          expect(distance(segmented, expected)).toBeLessThan(1e-6);
        }
      }
    },
  );
});

describe.skipIf(instructionSets.length === 0)('memory', () => {
  test('over 1,000 training steps what is used stays 0 between them, and what is reserved stays flat', () => {
    const run = runOf({ units: 8, batch: 5, time: 9 });
    for (let i = 0; i < 10; i++) solve(native, run);
    const { reservedBytes } = nativeMemory();
    for (let i = 0; i < 1000; i++) solve(native, run);
    expect(nativeMemory()).toEqual({ usedBytes: 0, reservedBytes });
  });

  test('sizes past the memory of the host give a MemoryError, and nothing is held', () => {
    const { problem } = runOf({ units: 8, batch: 4, time: 2 });
    const [, , limit] = addon().memory();
    addon().setMemoryLimit(2 ** 20);
    try {
      const large = runOf({ units: 128, batch: 128, time: 100 });
      expect(() => solve(native, large)).toThrow(MemoryError);
      expect(() => solve(native, large)).toThrow(/at most 1 MiB of working memory, needed 1\d MiB/);
      expect(nativeMemory().usedBytes).toBe(0);
      expect(native.forward(problem, { tape: false })).toBeUndefined();
    } finally {
      addon().setMemoryLimit(limit);
    }
  });

  test('a tape that nobody released is freed with the garbage, and releasing twice frees once', () => {
    const { problem } = runOf({});
    const tape = native.forward(problem, { tape: true })!;
    expect(nativeMemory().usedBytes).toBeGreaterThanOrEqual(tape.bytes);
    tape.release();
    tape.release();
    expect(nativeMemory().usedBytes).toBe(0);
  });

  test('arrays of a wrong length are refused before the addon reads them', () => {
    const { problem } = runOf({});
    const arrays = { ...problem.arrays, W: new Float32Array(3) };
    expect(() => native.forward({ ...problem, arrays }, { tape: false })).toThrow(
      /expected W of 576 numbers, got 3/,
    );
  });
});

test.skipIf(instructionSets.length === 0)('native comes before WebAssembly where it is registered', () => {
  const { problem } = runOf({});
  const has = (name: string) => name in problem.arrays;
  expect(recurrenceDevice({ attributes: problem.attributes, has })?.name).toBe('native');
});
