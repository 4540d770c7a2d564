import type { Worker, WorkerOptions } from 'node:worker_threads';
import { vi } from 'vitest';
import { webAssembly } from '../packages/kernels/src/runtime/host-webassembly.js';
import { Slot } from '../packages/kernels/src/runtime/worker.js';

/*
 * For the tests of every package with kernels: hosts with less than this one, and hosts whose threads die. A host's
 * abilities are looked at when the kernels are loaded: call `loadAnew` first, take one away, and import.
 */

/** Makes the next import load the packages, and start the kernels, anew. */
export function loadAnew(): void {
  vi.resetModules();
  // What the copies of the package in one process share.
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (symbol.description?.startsWith('@hurwitz/kernels')) Reflect.deleteProperty(globalThis, symbol);
  }
}

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

/** The threads of pools that `run` started, once each is idle and so takes part in the next work. Throws if one dies first. */
export async function startedBy(run: () => void): Promise<Worker[]> {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { Worker } = threads;
  const started: { worker: Worker; word: Int32Array }[] = [];
  let death: string | undefined;
  threads.Worker = class extends Worker {
    constructor(source: string, options: WorkerOptions) {
      super(source, options);
      const { memory, slot } = options.workerData as { memory: { buffer: SharedArrayBuffer }; slot: number };
      started.push({ worker: this, word: new Int32Array(memory.buffer, slot, 1) });
      this.on('exit', (code) => {
        death = `a thread exited with code ${code}`;
      });
    }
  };
  try {
    run();
  } finally {
    threads.Worker = Worker;
  }
  // However long a busy machine takes; the limit of the test is the guard.
  while (started.some(({ word }) => Atomics.load(word, 0) === Slot.starting)) {
    if (death !== undefined) throw new Error(death);
    await pause(2);
  }
  return started.map(({ worker }) => worker);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
