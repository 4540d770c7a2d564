import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'tsup';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  pause,
  startedBy,
  withoutMemory,
  withoutRelaxedSimd,
  withoutSharedMemory,
  withoutWebAssembly,
  withoutWorkers,
} from '../../../scripts/kernel-hosts.js';
import { ThreadError } from '../src/index.js';
import type { Builds } from '../src/runtime/binary.js';
import { Kernels } from '../src/runtime/kernels.js';
import { count } from './count.js';

const run = promisify(execFile);
const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const once = (tasks: number) => new Array<number>(tasks).fill(1);
let builds: Builds;

beforeAll(async () => {
  await run(process.execPath, [pathOf('../assembly/compile.mjs')], { cwd: pathOf('kernels') });
  builds = await import('./kernels/build/kernels.js');
});

describe('threads', () => {
  let kernels: Kernels<{ work(control: number, thread: number): void }>;
  beforeEach(() => {
    kernels = new Kernels(builds);
  });
  afterEach(() => {
    kernels.threads = 1;
  });

  /** Starts so many threads and waits until all take part. */
  const startThreads = (threads: number) =>
    startedBy(() => {
      kernels.threads = threads;
      count(kernels, { tasks: 64, multiplyAdds: 10, parallelFrom: 10 });
    });

  it('are at first as many as the host runs at once, and at most 64', () => {
    expect(kernels.capabilities).toEqual({
      simd: true,
      relaxedSimd: true,
      threads: Math.min(availableParallelism(), 64),
      reasons: {},
    });
    kernels.threads = 1000;
    expect(kernels.threads).toBe(64);
  });

  it.each([1, 2, 3, 5])('%i of them run every task once', async (threads) => {
    await startThreads(threads);
    const all = Array.from({ length: threads }, (_, i) => i);
    for (const tasks of [64, 1000]) {
      const counted = count(kernels, { tasks, threads, multiplyAdds: 10, parallelFrom: 10 });
      expect(counted).toEqual({ runs: once(tasks), threads: all });
    }
  });

  it('sleep when there is little to do, and where fewer are allowed', async () => {
    await startThreads(4);
    expect(count(kernels, { tasks: 9, multiplyAdds: 9, parallelFrom: 10 })).toEqual({
      runs: once(9),
      threads: [0],
    });
    const two = count(kernels, { tasks: 9, most: 2, threads: 2, multiplyAdds: 10, parallelFrom: 10 });
    expect(two).toEqual({ runs: once(9), threads: [0, 1] });
  });

  it('that died while idle give a typed error; the machine is given up and the next one works', async () => {
    const worker = (await startThreads(2)).at(-1)!;
    const before = kernels.machine();
    await worker.terminate();
    expect(() => count(kernels, { tasks: 2, multiplyAdds: 10, parallelFrom: 10 })).toThrow(
      new ThreadError('count', 'it exited with code 1'),
    );
    expect(kernels.machine()).not.toBe(before);
    await startThreads(2);
    expect(count(kernels, { tasks: 9, threads: 2, multiplyAdds: 10, parallelFrom: 10 })).toEqual({
      runs: once(9),
      threads: [0, 1],
    });
  });

  it('that died unnoticed give a typed error, never a hang', async () => {
    const worker = (await startThreads(2)).at(-1)!;
    // As when the event loop has not run since: nobody hears of its end.
    worker.removeAllListeners('exit');
    await worker.terminate();
    const error =
      /^count: expected its worker thread to run to the end, but it stopped computing\. Call again/;
    expect(() => count(kernels, { tasks: 2, multiplyAdds: 10, parallelFrom: 10 })).toThrow(error);
    expect(count(kernels, { tasks: 9, multiplyAdds: 10, parallelFrom: 10 }).runs).toEqual(once(9));
  });

  it('whose program failed give a typed error', async () => {
    await startThreads(2);
    const call = () =>
      count(kernels, { tasks: 2, threads: 2, multiplyAdds: 10, parallelFrom: 10, trap: true });
    expect(call).toThrow(new ThreadError('count', 'its program failed'));
  });
});

it('a bundled program that has used threads exits by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hurwitz-kernels-'));
  try {
    const settings = { config: false, silent: true, clean: false, outDir: folder } as const;
    await build({
      ...settings,
      entry: [pathOf('exits.ts')],
      format: 'cjs',
      outExtension: () => ({ js: '.cjs' }),
    });
    const { stdout } = await run(process.execPath, [join(folder, 'exits.cjs')]);
    expect(stdout).toBe('3\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe('on a host with less', () => {
  beforeEach(() => vi.resetModules());
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const load = async () => {
    const anew = await import('../src/runtime/kernels.js');
    return new anew.Kernels(builds);
  };

  it('without relaxed SIMD the plain build runs', async () => {
    withoutRelaxedSimd(builds.relaxed);
    const kernels = await load();
    expect(kernels.capabilities).toMatchObject({
      simd: true,
      relaxedSimd: false,
      reasons: { relaxedSimd: 'WebAssembly relaxed SIMD is not supported here' },
    });
    expect(count(kernels, { tasks: 9 }).runs).toEqual(once(9));
  });

  it('without shared memory one thread does everything, however many are asked for', async () => {
    withoutSharedMemory();
    const kernels = await load();
    kernels.threads = 3;
    expect(kernels.capabilities).toMatchObject({ simd: true, threads: 1 });
    expect(kernels.capabilities.reasons.threads).toMatch(/Cross-Origin-Opener-Policy/);
    expect(count(kernels, { tasks: 9 })).toEqual({ runs: once(9), threads: [0] });
  });

  it('without WebAssembly there is no machine', async () => {
    withoutWebAssembly();
    const kernels = await load();
    expect(kernels.machine()).toBeUndefined();
    expect(kernels.capabilities).toMatchObject({
      simd: false,
      relaxedSimd: false,
      threads: 1,
      reasons: { simd: 'WebAssembly is missing' },
    });
  });

  it('without memory to reserve there is no machine', async () => {
    withoutMemory();
    const kernels = await load();
    expect(kernels.machine()).toBeUndefined();
    expect(kernels.capabilities).toMatchObject({
      simd: false,
      threads: 1,
      reasons: { simd: 'WebAssembly was refused: RangeError: could not allocate memory' },
    });
  });

  it.each([
    ['may not be started', 'refused', 'Error: Access to this API has been restricted'],
    ['die as they come up', 'dying', 'it exited with code 1'],
  ] as const)('where threads %s one does everything', async (_, how, reason) => {
    const workers = withoutWorkers(how);
    try {
      const kernels = await load();
      kernels.threads = 3;
      for (let i = 0; i < 3; i++) {
        expect(count(kernels, { tasks: 9 })).toEqual({ runs: once(9), threads: [0] });
        await pause(1);
      }
      expect(kernels.capabilities).toMatchObject({ threads: 1, reasons: { threads: reason } });
    } finally {
      workers.restore();
    }
  });
});
