import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { withoutSharedMemory } from '../../../scripts/kernel-hosts.js';
import { type ThreadHost, threadHost } from '../src/runtime/thread-host.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('in Node', () => {
  const host = threadHost() as ThreadHost;
  const start = (source: string, data: unknown) =>
    new Promise<string>((resolve) => {
      host.start(source, data, resolve);
    });
  const exits = `process.exit(require('node:worker_threads').workerData.code)`;

  it('has as many threads as run at once, and may wait', () => {
    expect(host).toMatchObject({ parallelism: availableParallelism(), mayWait: true });
  });

  it('says why a thread died: by itself, or of an error', async () => {
    expect(await start(exits, { code: 7 })).toBe('it exited with code 7');
    expect(await start(`throw new TypeError('no good')`, {})).toBe('TypeError: no good');
  });

  it('does not speak of a thread that was ended', async () => {
    const onDeath = vi.fn();
    host.start('setInterval(() => {}, 1000)', {}, onDeath).terminate();
    await start(exits, { code: 0 });
    expect(onDeath).not.toHaveBeenCalled();
  });

  it('before 20.16 has none', () => {
    vi.stubGlobal('process', { versions: { node: '20.0.0' } });
    expect(threadHost()).toBe('process.getBuiltinModule is missing: it needs Node 20.16 or later');
  });
});

describe('in a browser', () => {
  class FakeWorker {
    static last: FakeWorker;
    onerror: ((event: { message?: string }) => void) | null = null;
    readonly postMessage = vi.fn();
    readonly terminate = vi.fn();
    constructor(readonly url: string) {
      FakeWorker.last = this;
    }
  }
  const fake = (page: object) => {
    vi.stubGlobal('process', undefined);
    for (const [name, value] of Object.entries(page)) vi.stubGlobal(name, value);
  };
  const revokeObjectURL = vi.fn();
  const able = {
    crossOriginIsolated: true,
    navigator: { hardwareConcurrency: 6 },
    document: {},
    Worker: FakeWorker,
    URL: { createObjectURL: () => 'blob:1', revokeObjectURL },
  };

  it('has as many threads as the navigator says; the page may not wait, a worker of it may', () => {
    fake(able);
    expect(threadHost()).toMatchObject({ parallelism: 6, mayWait: false });
    fake({ document: undefined });
    expect(threadHost()).toMatchObject({ parallelism: 6, mayWait: true });
  });

  it('runs the source from a blob, sends it the data and says why it died', () => {
    fake(able);
    const onDeath = vi.fn();
    const worker = (threadHost() as ThreadHost).start('source', { a: 1 }, onDeath);
    expect(FakeWorker.last.url).toBe('blob:1');
    expect(FakeWorker.last.postMessage).toHaveBeenCalledWith({ a: 1 });
    FakeWorker.last.onerror!({});
    FakeWorker.last.onerror!({ message: 'bad' });
    expect(onDeath.mock.calls).toEqual([['it failed to start'], ['bad']]);
    worker.terminate();
    expect(FakeWorker.last.terminate).toHaveBeenCalledOnce();
    expect(revokeObjectURL).toHaveBeenCalledWith('blob:1');
  });

  it.each([
    [
      'without shared memory',
      { SharedArrayBuffer: undefined },
      /^SharedArrayBuffer is missing: serve the page/,
    ],
    ['not isolated', { crossOriginIsolated: false }, /^the page is not cross-origin isolated$/],
    ['without workers', { Worker: undefined }, /^Worker, Blob or URL is missing$/],
  ])('%s has none, and says why', (_, less, reason) => {
    fake({ ...able, ...less });
    expect(threadHost()).toMatch(reason);
  });
});

it('without shared memory has none in Node either', () => {
  withoutSharedMemory();
  expect(threadHost()).toMatch(/Cross-Origin-Opener-Policy/);
});
