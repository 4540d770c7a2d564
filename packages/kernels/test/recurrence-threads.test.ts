import { afterEach, describe, expect, test } from 'vitest';
import { startedBy } from '../../../scripts/kernel-hosts.js';
import { capabilities, setThreads, ThreadError } from '../src/index.js';
import { arrayProblem, solve } from './recurrence-problems.js';

const large = { units: 64, batch: 64, time: 40 };

/** Starts so many threads and waits until all take part. */
const startThreads = (count: number) =>
  startedBy(() => {
    setThreads(count);
    solve(arrayProblem(large));
  });

describe('threads', () => {
  afterEach(() => setThreads(1));

  test('capabilities say what there is', () => {
    setThreads(3);
    expect(capabilities()).toMatchObject({ simd: true, threads: 3, reasons: {} });
    expect(() => setThreads(0)).toThrow(RangeError);
    expect(() => setThreads(1.5)).toThrow(/setThreads: expected an integer of at least 1, got 1.5/);
  });

  test.each(['dynamical', 'lstm', 'gru'] as const)(
    '%s: the same bits from 1, 2, 3 and 5 threads, and from one run to the next',
    async (family) => {
      setThreads(1);
      for (const problem of [
        arrayProblem({ ...large, family }),
        arrayProblem({ ...large, family, tokens: true, inputDim: 50 }),
      ]) {
        const expected = solve(problem);
        for (const count of [2, 3, 5]) {
          await startThreads(count);
          expect(solve(problem)).toEqual(expected);
          expect(solve(problem)).toEqual(expected);
        }
      }
    },
  );

  test('a worker that died while idle gives a typed error, and the next call works', async () => {
    const expected = solve(arrayProblem(large));
    const worker = (await startThreads(2)).at(-1)!;
    await worker.terminate();
    expect(() => solve(arrayProblem(large))).toThrow(ThreadError);
    expect(solve(arrayProblem(large))).toEqual(expected);
  });
});
