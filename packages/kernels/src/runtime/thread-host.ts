/*
 * What the host offers to threads: Node's worker_threads, or Web Workers in a cross-origin isolated page. Node's modules
 * are reached without an import, so that bundlers for browsers have nothing to resolve.
 */

/** The part of a worker that the pool uses, whichever host it comes from. */
export interface HostWorker {
  /** Ends the thread. */
  terminate(): void;
}

export interface ThreadHost {
  /** Threads that run at once here. */
  parallelism: number;
  /** Whether this thread may sleep in Atomics.wait: not the main thread of a page. */
  mayWait: boolean;
  start(source: string, data: unknown, onDeath: (reason: string) => void): HostWorker;
}

interface NodeWorker {
  unref(): void;
  terminate(): Promise<number>;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
}

interface WorkerThreads {
  Worker: new (source: string, options: { eval: boolean; workerData: unknown }) => NodeWorker;
}

type GetBuiltin = (name: string) => unknown;

/** A built-in module of Node, or undefined elsewhere and before Node 20.16. */
export function nodeBuiltin<T>(name: string): T | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: GetBuiltin } };
  return process?.getBuiltinModule?.(name) as T | undefined;
}

export const isNode = (): boolean =>
  typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node === 'string';

/** The host's threads, or why there are none. */
export function threadHost(): ThreadHost | string {
  if (typeof SharedArrayBuffer === 'undefined') {
    return 'SharedArrayBuffer is missing: serve the page with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp';
  }
  return isNode() ? nodeHost() : browserHost();
}

function nodeHost(): ThreadHost | string {
  const threads = nodeBuiltin<WorkerThreads>('node:worker_threads');
  const os = nodeBuiltin<{ availableParallelism(): number }>('node:os');
  if (!threads || !os) return 'process.getBuiltinModule is missing: it needs Node 20.16 or later';
  return {
    parallelism: os.availableParallelism(),
    mayWait: true,
    start(source, data, onDeath) {
      const worker = new threads.Worker(source, { eval: true, workerData: data });
      let ended = false;
      worker.on('error', (error) => onDeath(String(error)));
      worker.on('exit', (code) => {
        if (!ended) onDeath(`it exited with code ${code}`);
      });
      // A waiting thread must not keep the process alive.
      worker.unref();
      return {
        terminate() {
          ended = true;
          void worker.terminate();
        },
      };
    },
  };
}

interface WebWorker {
  postMessage(data: unknown): void;
  terminate(): void;
  onerror: ((event: { message?: string }) => void) | null;
}

interface Page {
  crossOriginIsolated?: boolean;
  navigator?: { hardwareConcurrency?: number };
  document?: unknown;
  Worker?: new (url: string) => WebWorker;
  Blob?: new (parts: string[], options: { type: string }) => object;
  URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
}

function browserHost(): ThreadHost | string {
  const page = globalThis as Page;
  const { Worker, Blob, URL } = page;
  if (!page.crossOriginIsolated) return 'the page is not cross-origin isolated';
  if (!Worker || !Blob || !URL) return 'Worker, Blob or URL is missing';
  return {
    parallelism: page.navigator?.hardwareConcurrency ?? 1,
    mayWait: page.document === undefined,
    start(source, data, onDeath) {
      const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
      const worker = new Worker(url);
      worker.onerror = (event) => onDeath(event.message ?? 'it failed to start');
      worker.postMessage(data);
      return {
        terminate() {
          worker.terminate();
          URL.revokeObjectURL(url);
        },
      };
    },
  };
}
