import { described } from '@hurwitz/input';
import { plain, relaxed } from '../build/kernels.js';
import {
  type Capabilities,
  type KernelExports,
  Kernels,
  type Machine as MachineOf,
} from './runtime/kernels.js';
import { processWide } from './runtime/process-wide.js';

/** What the binary exports beside the loop over tasks. */
interface Exports extends KernelExports {
  pack(
    target: number,
    panelStride: number,
    source: number,
    rowStride: number,
    columnStride: number,
    rows: number,
    columns: number,
  ): void;
  tanhInPlace(at: number, count: number): void;
  sigmoidInPlace(at: number, count: number): void;
  multiplyAdd(rounds: number, at: number): void;
}

/** The WebAssembly kernels, their memory and their threads. */
export type Machine = MachineOf<Exports>;

/** The kernels of this process. */
export const kernels: Kernels<Exports> = processWide(
  'kernels',
  () => new Kernels<Exports>({ plain, relaxed }),
);

/** What the host allows the WebAssembly kernels to use. */
export function capabilities(): Capabilities {
  return kernels.capabilities;
}

/**
 * Sets how many threads kernels use, of every device and for every package in this process, the calling one included. More
 * than the host offers, or any number where it offers none, is not an error: see {@link capabilities}. Results are the
 * same, bit for bit, for every number.
 *
 * @param count at the start as many as the host runs at once, and at most 64.
 * @throws RangeError if `count` is not an integer of at least 1.
 */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(
      `setThreads: expected an integer of at least 1, got ${described(count)}. Pass 1 to use no extra thread.`,
    );
  }
  kernels.threads = count;
}

/** Threads that a device may use for work that starts now, the calling one included. */
export const threadCount = (): number => kernels.threads;

/** The machine, started at its first use; undefined where the host has no WebAssembly with SIMD. */
export const theMachine = (): Machine | undefined => kernels.machine();
