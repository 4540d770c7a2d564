import {
  type Capabilities,
  type KernelExports,
  Kernels,
  type Machine as MachineOf,
} from '@hurwitz/webassembly';
import { plain, relaxed } from '../../build/kernels.js';
import { LyapunovError } from '../errors.js';
import { describe } from '../numeric-input.js';

/** The kernels, their memory and their threads. */
export type Machine = MachineOf<KernelExports>;

const kernels = new Kernels<KernelExports>({
  builds: { plain, relaxed },
  parallelFrom: 1e6,
  wording: {
    where: 'lyapunov',
    memory: 'memory',
    fix: 'Take fewer trajectories at a time, follow fewer exponents, or dispose() of steppers that are done.',
  },
});

/** What the host allows the propagation of networks to use. */
export function capabilities(): Capabilities {
  return kernels.capabilities;
}

/**
 * Sets how many threads a batch of trajectories is spread over, the calling one included; at the start as many as the host
 * has. Where the host has none it stays 1: see `capabilities`. Results are the same, bit for bit, for every number.
 *
 * Throws `LyapunovError` if `count` is not an integer of at least 1.
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new LyapunovError(
      'setThreads',
      'an integer of at least 1',
      describe(count),
      'Pass 1 to use no extra thread.',
    );
  }
  kernels.threads = count;
}

/** Threads that a batch started now may use. */
export const threadCount = (): number => kernels.threads;

/** The machine, started at its first use; undefined where there is no WebAssembly with SIMD. */
export const theMachine = (): Machine | undefined => kernels.machine();

/** Runs the job at an address, on at most `most` threads. Throws `ThreadError` if a worker died. */
export const dispatch: (typeof kernels)['dispatch'] = (...job) => kernels.dispatch(...job);
