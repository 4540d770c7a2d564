import { LyapunovError, ThreadError } from '../errors.js';
import { type Binary, chooseBinary, webAssembly, withPrivateMemory } from './binary.js';
import { Control } from './fields.js';
import { Heap } from './heap.js';
import { threadHost } from './host.js';
import { ThreadPool } from './pool.js';

/** The kernels, their memory and their threads. */
export interface Machine {
  heap: Heap;
  work(control: number, thread: number): void;
  pool: ThreadPool | undefined;
}

export interface Capabilities {
  /** Networks are propagated in WebAssembly with SIMD. */
  simd: boolean;
  /** With fused multiply-add. */
  relaxedSimd: boolean;
  /** Threads that a batch of trajectories is spread over. */
  threads: number;
  /** Why not, for whatever is missing. */
  reasons: { simd?: string; threads?: string };
}

const MAX_THREADS = 64;
/** The control block, past what the compiler keeps for itself. */
const CONTROL = 32768;

const host = threadHost();
let chosen: Binary | string | undefined;
let compiled: object | undefined;
let machine: Machine | undefined;
let threads = typeof host === 'string' ? 1 : Math.min(host.parallelism, MAX_THREADS);

/** Chosen at the first use, so that importing the package changes nothing in the host. */
function binary(): Binary | string {
  chosen ??= chooseBinary();
  return chosen;
}

/** What the host allows the propagation of networks to use. */
export function capabilities(): Capabilities {
  const choice = binary();
  const reasons: Capabilities['reasons'] = {};
  if (typeof choice === 'string') reasons.simd = choice;
  if (typeof host === 'string') reasons.threads = host;
  return {
    simd: typeof choice !== 'string',
    relaxedSimd: typeof choice !== 'string' && choice.relaxedSimd,
    threads: typeof choice === 'string' ? 1 : threads,
    reasons,
  };
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
      `${count}`,
      'Pass 1 to use no extra thread.',
    );
  }
  if (typeof host === 'string') return;
  threads = Math.min(count, MAX_THREADS);
  machine?.pool?.resize(threads - 1);
}

/** Threads that a batch started now may use. */
export const threadCount = (): number => threads;

/** The machine, started at its first use; undefined where there is no WebAssembly with SIMD. */
export function theMachine(): Machine | undefined {
  const choice = binary();
  if (typeof choice === 'string') return undefined;
  machine ??= start(choice);
  return machine;
}

function start({ bytes }: Binary): Machine {
  const shared = typeof host !== 'string';
  compiled ??= new webAssembly!.Module(shared ? bytes : withPrivateMemory(bytes));
  const heap = new Heap(shared);
  const { memory } = heap;
  const { work } = new webAssembly!.Instance(compiled, { env: { memory } }).exports as Pick<Machine, 'work'>;
  const pool =
    typeof host === 'string'
      ? undefined
      : new ThreadPool(host, { module: compiled, memory, control: CONTROL, capacity: MAX_THREADS });
  return { heap, work, pool };
}

/** Work below this many multiply-adds is not worth waking a thread for. */
const PARALLEL_FROM = 1e6;

/**
 * Runs the job described at `job`, about `multiplyAdds` in all, on at most `most` threads. Throws `ThreadError` if a worker
 * died; the machine, with everything in its memory, is then given up.
 */
export function dispatch(
  current: Machine,
  job: number,
  { most, multiplyAdds }: { most: number; multiplyAdds: number },
): void {
  const control = new Int32Array(current.heap.memory.buffer, CONTROL, Control.count);
  control[Control.job] = job;
  Atomics.store(control, Control.nextTask, 0);
  const work = () => current.work(CONTROL, 0);
  if (!current.pool || threads === 1 || most === 1 || multiplyAdds < PARALLEL_FROM) {
    work();
    return;
  }
  current.pool.resize(threads - 1);
  try {
    current.pool.run(work, most - 1);
  } catch (error) {
    if (error instanceof ThreadError) {
      current.pool.end();
      if (machine === current) machine = undefined;
    }
    throw error;
  }
}
