import {
  type Capabilities,
  type KernelExports,
  Kernels,
  type Machine as MachineOf,
} from '@hurwitz/webassembly';
import { plain, relaxed } from '../../build/kernels.js';
import { described } from '../checks.js';
import { Field } from './fields.js';

/** What the WebAssembly module exports beside the loop over tasks. */
interface FusedExports extends KernelExports {
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

/** The kernels, their memory and their threads. */
export type Machine = MachineOf<FusedExports>;

const kernels = new Kernels<FusedExports>({
  builds: { plain, relaxed },
  parallelFrom: 2e6,
  wording: {
    where: 'recurrence',
    memory: 'working memory',
    fix: 'Use a smaller batch or a shorter sequence, or lower setMaxTapeBytes.',
  },
});

/** What the host allows the fused recurrence to use. */
export function capabilities(): Capabilities {
  return kernels.capabilities;
}

/**
 * Sets how many threads the fused recurrence uses, the calling one included. More than the host offers, or any number
 * where it offers none, is not an error: see {@link capabilities}. Results are the same, bit for bit, for every number.
 *
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

/** The machine, started at its first use; undefined where the fused recurrence cannot run. */
export const theMachine = (): Machine | undefined => kernels.machine();

/** Runs the job described at `job`: `count` tasks, about `multiplyAdds` in all. Throws `ThreadError` if a worker died. */
export function dispatch(
  machine: Machine,
  job: number,
  { count, multiplyAdds }: { count: number; multiplyAdds: number },
): void {
  machine.heap.words(job, Field.count + 1)[Field.count] = count;
  kernels.dispatch(machine, job, { most: count, multiplyAdds });
}
