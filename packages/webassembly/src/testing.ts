import type { Worker } from 'node:worker_threads';
import { vi } from 'vitest';
import { webAssembly } from './host-webassembly.js';

/*
 * For the tests of every package with kernels: hosts with less than this one, and hosts whose threads die. A host's
 * abilities are looked at when a package is loaded: load it anew after taking one away.
 */

/** Takes relaxed SIMD away: the host refuses the build that has it, given in base64. */
export function withoutRelaxedSimd(relaxed: string): void {
  const host = webAssembly!;
  const refused = atob(relaxed).length;
  // Its members are not enumerable.
  const members = Object.getOwnPropertyNames(host).map((name) => [name, host[name as keyof typeof host]]);
  vi.stubGlobal('WebAssembly', {
    ...Object.fromEntries(members),
    validate: (bytes: Uint8Array) => bytes.length !== refused && host.validate(bytes),
  });
}

export const withoutSharedMemory = (): unknown => vi.stubGlobal('SharedArrayBuffer', undefined);

export const withoutWebAssembly = (): unknown => vi.stubGlobal('WebAssembly', undefined);

/** The host reserves no memory for WebAssembly, as under a limit on address space. */
export function withoutMemory(): void {
  class Memory {
    constructor() {
      throw new RangeError('could not allocate memory');
    }
  }
  const host = webAssembly!;
  const members = Object.getOwnPropertyNames(host).map((name) => [name, host[name as keyof typeof host]]);
  vi.stubGlobal('WebAssembly', { ...Object.fromEntries(members), Memory });
}

/** The host starts no threads, as under Node's permission model, or lets them die as they come up, until `restore`. */
export function withoutWorkers(how: 'refused' | 'dying'): { restore(): void } {
  const real = process.getBuiltinModule;
  class Worker {
    constructor() {
      if (how === 'refused') throw new Error('Access to this API has been restricted');
    }
    on(event: string, listener: (code: number) => void) {
      if (event === 'exit') queueMicrotask(() => listener(1));
    }
    unref() {}
    terminate() {}
  }
  const getBuiltinModule = (name: string) => (name === 'node:worker_threads' ? { Worker } : real(name));
  process.getBuiltinModule = getBuiltinModule as typeof real;
  return {
    restore: () => {
      process.getBuiltinModule = real;
    },
  };
}

/** The threads of Node that `run` started, after they have had time to come up. */
export async function startedBy(run: () => void): Promise<Worker[]> {
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on('worker', note);
  run();
  await pause(300);
  process.off('worker', note);
  return started;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
