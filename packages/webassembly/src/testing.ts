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
