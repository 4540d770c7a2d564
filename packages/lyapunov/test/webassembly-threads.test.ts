import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import {
  capabilities,
  gruSystem,
  LyapunovError,
  lstmSystem,
  lyapunovSpectrum,
  rnnSystem,
  setThreads,
  ThreadError,
} from '../src/index.js';
import { normalMatrix, normals } from './random.js';

const n = 48;
const normal = normals(31);
const weights = (gates: number) => ({
  kernel: normalMatrix(1, gates * n, 0.5, normal),
  recurrentKernel: normalMatrix(n, gates * n, 0.2, normal),
});
const inputs = Array.from({ length: 7 }, () => normalMatrix(12, 1, 1, normal));
const systems = {
  RNN: rnnSystem(weights(1)),
  LSTM: lstmSystem(weights(4)),
  GRU: gruSystem(weights(3)),
};
const spectrum = (system = systems.RNN, precision?: 'float32') =>
  lyapunovSpectrum(system, { inputs, precision });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs until worker threads have had time to start and take part. */
async function startThreads(count: number): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on('worker', note);
  setThreads(count);
  spectrum();
  await pause(300);
  process.off('worker', note);
  return started;
}

describe('threads over the batch', () => {
  afterEach(() => setThreads(1));

  it('are as many as asked for', () => {
    setThreads(3);
    expect(capabilities()).toMatchObject({ simd: true, threads: 3, reasons: {} });
    expect(() => setThreads(0)).toThrow(LyapunovError);
    expect(() => setThreads(1.5)).toThrow(/setThreads: expected an integer of at least 1, got 1.5/);
  });

  it.each(Object.entries(systems))(
    '%s: the same bits from 1, 2, 3 and 5 threads, in float64 and float32',
    async (_, system) => {
      setThreads(1);
      const expected = [spectrum(system), spectrum(system, 'float32')];
      for (const count of [2, 3, 5]) {
        await startThreads(count);
        expect([spectrum(system), spectrum(system, 'float32')]).toEqual(expected);
      }
    },
  );

  it('a worker that died while idle gives a typed error, and the next call works', async () => {
    const expected = spectrum();
    const worker = (await startThreads(2)).at(-1)!;
    await worker.terminate();
    await pause(20);
    expect(() => spectrum()).toThrow(ThreadError);
    expect(spectrum()).toEqual(expected);
  });

  it('a worker that died unnoticed gives a typed error within seconds, never a hang', async () => {
    const expected = spectrum();
    const worker = (await startThreads(2)).at(-1)!;
    // Without returning to the event loop, nobody has heard of its end.
    void worker.terminate();
    const until = performance.now() + 200;
    while (performance.now() < until);
    expect(() => spectrum()).toThrow(/expected its worker thread to run to the end/);
    expect(spectrum()).toEqual(expected);
  });

  it('do not keep a process alive', async () => {
    const built = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'index.js');
    const program = `
      import { lyapunovSpectrum, rnnSystem, setThreads } from ${JSON.stringify(built)};
      setThreads(3);
      const W = Array.from({ length: 64 }, (_, i) => Array.from({ length: 64 }, (_, j) => Math.sin(i * j) / 8));
      const system = rnnSystem({ W, kernel: [new Array(64).fill(1)] });
      const inputs = Array.from({ length: 6 }, (_, b) => Array.from({ length: 9 }, (_, t) => [Math.cos(b + t)]));
      const run = () => lyapunovSpectrum(system, { inputs }).exponents.length;
      run();
      setTimeout(() => console.log(run()), 300);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      {
        timeout: 30_000,
      },
    );
    expect(Number(stdout)).toBe(64);
  });
});
