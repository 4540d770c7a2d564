import { ThreadError } from '../errors.js';
import { threadHost } from '../threads/host.js';
import { ThreadPool } from '../threads/pool.js';
import { chooseBinary, withPrivateMemory } from './binary.js';
import { Control, Field } from './fields.js';
import { Heap } from './heap.js';
import { webAssembly } from './webassembly.js';

/** What the WebAssembly module exports. */
export interface KernelExports {
  work(control: number): void;
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
export interface Machine {
  exports: KernelExports;
  heap: Heap;
  pool: ThreadPool | undefined;
}

export interface Capabilities {
  /** The fused recurrence can run here at all. */
  simd: boolean;
  /** With fused multiply-add. */
  relaxedSimd: boolean;
  /** Threads that a large enough recurrence is spread over. */
  threads: number;
  /** Why not, for whatever is missing. */
  reasons: { simd?: string; relaxedSimd?: string; threads?: string };
}

/** Beyond this many tasks there is nothing to share out, whatever the batch. */
const MAX_THREADS = 64;
const CONTROL = 4096;

let choice: ReturnType<typeof chooseBinary> | undefined;
const host = threadHost();
let compiled: object | undefined;
let machine: Machine | undefined;
let threads = typeof host === 'string' ? 1 : Math.min(host.parallelism, MAX_THREADS);

/** Chosen at the first use, so that importing the package changes nothing in the host. */
function chosen(): ReturnType<typeof chooseBinary> {
  choice ??= chooseBinary();
  return choice;
}

/** What the host allows the fused recurrence to use. */
export function capabilities(): Capabilities {
  const { binary, simdReason, relaxedSimdReason } = chosen();
  const reasons: Capabilities['reasons'] = {};
  if (simdReason) reasons.simd = simdReason;
  if (relaxedSimdReason) reasons.relaxedSimd = relaxedSimdReason;
  if (typeof host === 'string') reasons.threads = host;
  return {
    simd: binary !== undefined,
    relaxedSimd: binary?.relaxedSimd ?? false,
    threads: binary === undefined ? 1 : threads,
    reasons,
  };
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
      `setThreads: expected an integer of at least 1, got ${count}. Pass 1 to use no extra thread.`,
    );
  }
  if (typeof host === 'string') return;
  threads = Math.min(count, MAX_THREADS);
  machine?.pool?.resize(threads - 1);
}

export const isAvailable = (): boolean => chosen().binary !== undefined;

/** The machine, started at its first use. */
export function theMachine(): Machine {
  machine ??= start();
  return machine;
}

function start(): Machine {
  const shared = typeof host !== 'string';
  const { bytes } = chosen().binary!;
  compiled ??= new webAssembly!.Module(shared ? bytes : withPrivateMemory(bytes));
  const heap = new Heap(shared);
  const { memory } = heap;
  const instance = new webAssembly!.Instance(compiled, { env: { memory } });
  const pool =
    typeof host === 'string'
      ? undefined
      : new ThreadPool(host, { module: compiled, memory, control: CONTROL, capacity: MAX_THREADS });
  return { exports: instance.exports as KernelExports, heap, pool };
}

/** Work below this many multiply-adds is not worth waking a thread for. */
const PARALLEL_FROM = 2e6;

/**
 * Runs the job described at `job`: `count` tasks, about `multiplyAdds` in all.
 *
 * @throws {@link ThreadError} if a worker died; the machine, with all tapes in its memory, is then given up.
 */
export function dispatch(
  current: Machine,
  job: number,
  { count, multiplyAdds }: { count: number; multiplyAdds: number },
): void {
  const control = new Int32Array(current.heap.memory.buffer, CONTROL, Control.count);
  new Uint32Array(current.heap.memory.buffer, job, Field.count + 1)[Field.count] = count;
  control[Control.job] = job;
  Atomics.store(control, Control.nextTask, 0);
  const work = () => current.exports.work(CONTROL);
  if (!current.pool || threads === 1 || count === 1 || multiplyAdds < PARALLEL_FROM) {
    work();
    return;
  }
  current.pool.resize(threads - 1);
  try {
    current.pool.run(work);
  } catch (error) {
    if (error instanceof ThreadError) {
      current.pool.end();
      if (machine === current) machine = undefined;
    }
    throw error;
  }
}
