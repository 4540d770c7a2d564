import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { capabilities, setThreads, ThreadError } from '../src/index.js';
import { arrayProblem, solve } from './arrays.js';

const large = { units: 64, batch: 64, time: 40 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs until worker threads have had time to start and take part. */
async function startThreads(count: number): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on('worker', note);
  setThreads(count);
  solve(arrayProblem(large));
  await pause(300);
  process.off('worker', note);
  return started;
}

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
    await pause(20);
    expect(() => solve(arrayProblem(large))).toThrow(ThreadError);
    expect(solve(arrayProblem(large))).toEqual(expected);
  });

  test('a worker that died unnoticed gives a typed error within seconds, never a hang', async () => {
    const worker = (await startThreads(2)).at(-1)!;
    // Without returning to the event loop, nobody has heard of its end.
    void worker.terminate();
    const until = performance.now() + 200;
    while (performance.now() < until);
    expect(() => solve(arrayProblem(large))).toThrow(/expected its worker thread to run to the end/);
    expect(solve(arrayProblem(large)).final).toHaveLength(64 * 64);
  });

  test('a process that has used threads exits by itself', async () => {
    const built = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'index.js');
    const program = `
      import * as tf from '@tensorflow/tfjs-core';
      import '@tensorflow/tfjs-backend-cpu';
      import { recurrence, setThreads } from ${JSON.stringify(built)};
      setThreads(3);
      const spec = { kernel: tf.ones([1, 64]), W: tf.ones([64, 64]) };
      const run = () => recurrence(tf.ones([64, 50, 1]), spec).finalState[0].dataSync()[0];
      run();
      setTimeout(() => console.log(run()), 300);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: dirname(fileURLToPath(import.meta.url)), timeout: 30_000 },
    );
    expect(Number(stdout)).toBeGreaterThan(0);
  });
});
