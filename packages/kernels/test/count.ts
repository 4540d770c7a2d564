import type { KernelExports, Kernels } from '../src/runtime/kernels.js';

interface Count {
  tasks: number;
  /** Threads to wait for. */
  threads?: number;
  /** Milliseconds to wait for them at most. */
  patience?: number;
  most?: number;
  multiplyAdds?: number;
  parallelFrom?: number;
  /** Whether threads but the calling one shall fail. */
  trap?: boolean;
}

interface Counted {
  /** How often each task ran. */
  runs: number[];
  /** Numbers of the threads that took part. */
  threads: number[];
}

const wording = { where: 'count', memory: 'memory', fix: 'Count less.' };

/** Runs the kernels that count, on at most `most` threads. */
export function count(
  kernels: Kernels<KernelExports>,
  {
    tasks,
    threads = 1,
    patience = 120_000,
    most = tasks,
    multiplyAdds = 1,
    parallelFrom = 0,
    trap = false,
  }: Count,
): Counted {
  const machine = kernels.machine()!;
  const { heap } = machine;
  const job = heap.allocateZeros((6 + tasks) * 4, wording);
  heap.words(job, 4).set([tasks, threads, patience, trap ? 1 : 0]);
  try {
    kernels.dispatch(machine, { program: 0, address: job, most, multiplyAdds, parallelFrom, wording });
    const [bits, ...runs] = heap.words(job + 20, 1 + tasks);
    return { runs, threads: Array.from({ length: 32 }, (_, i) => i).filter((i) => (bits! >>> i) & 1) };
  } finally {
    heap.release(job);
  }
}
