import { ThreadError, type Wording } from '../errors.js';
import { type BinaryChoice, type Builds, chooseBinary, withPrivateMemory } from './binary.js';
import { Control, type Program } from './control.js';
import { Heap } from './heap.js';
import { webAssembly } from './host-webassembly.js';
import { threadHost } from './thread-host.js';
import { ThreadPool } from './thread-pool.js';

/** What a binary of kernels exports. */
export interface KernelExports {
  /** Takes tasks of the job in the control block until none is left; `thread` counts from 0, the calling one. */
  work(control: number, thread: number): void;
}

/** Kernels that run: their instance in this thread, their memory and their further threads. */
export interface Machine<Exports extends KernelExports> {
  exports: Exports;
  heap: Heap;
  pool: ThreadPool | undefined;
}

/** What the host allows the WebAssembly kernels to use. */
export interface Capabilities {
  /** The kernels can run here at all. */
  simd: boolean;
  /** With fused multiply-add. */
  relaxedSimd: boolean;
  /** Threads that large enough work is spread over. */
  threads: number;
  /** Why not, for whatever is missing. */
  reasons: { simd?: string; relaxedSimd?: string; threads?: string };
}

/** Work for the kernels. */
export interface Job {
  /** The one of the binary's programs that reads it. */
  program: Program;
  /** Where it is in memory. */
  address: number;
  /** Threads that it can use. */
  most: number;
  /** Its size, roughly, and the size from which it is worth waking a thread for. */
  multiplyAdds: number;
  parallelFrom: number;
  wording: Wording;
}

const MAX_THREADS = 64;
/** The control block, in the first page, past what the compiler keeps for itself. */
const CONTROL = 32768;

/** A binary of kernels on this host: the best build of it, started at the first use and again after a thread died. */
export class Kernels<Exports extends KernelExports> {
  private readonly host = threadHost();
  private choice: BinaryChoice | undefined;
  private module: object | undefined;
  private current: Machine<Exports> | undefined;
  private count = typeof this.host === 'string' ? 1 : Math.min(this.host.parallelism, MAX_THREADS);

  constructor(private readonly builds: Builds) {}

  get capabilities(): Capabilities {
    const machine = this.machine();
    const { binary, simdReason, relaxedSimdReason } = this.chosen();
    const threadsReason = typeof this.host === 'string' ? this.host : machine?.pool?.refusal;
    const reasons: Capabilities['reasons'] = {};
    if (simdReason) reasons.simd = simdReason;
    if (relaxedSimdReason) reasons.relaxedSimd = relaxedSimdReason;
    if (threadsReason) reasons.threads = threadsReason;
    return {
      simd: machine !== undefined,
      relaxedSimd: binary?.relaxedSimd ?? false,
      threads: machine === undefined || threadsReason ? 1 : this.count,
      reasons,
    };
  }

  /** Threads that work started now may use, the calling one included. */
  get threads(): number {
    return this.count;
  }

  /** Stays 1 where the host has no threads. */
  set threads(count: number) {
    if (typeof this.host === 'string') return;
    this.count = Math.min(count, MAX_THREADS);
    this.current?.pool?.resize(this.count - 1);
  }

  /** The machine, started at its first use; undefined where the host takes none of the builds. */
  machine(): Machine<Exports> | undefined {
    this.current ??= this.start();
    return this.current;
  }

  /**
   * Runs a job until it is done.
   *
   * Throws `ThreadError` if a worker died; the machine, with everything in its memory, is then given up.
   */
  dispatch(machine: Machine<Exports>, job: Job): void {
    const { most, multiplyAdds, parallelFrom } = job;
    const { exports, heap, pool } = machine;
    const control = new Int32Array(heap.memory.buffer, CONTROL, Control.count);
    control[Control.job] = job.address;
    control[Control.program] = job.program;
    Atomics.store(control, Control.nextTask, 0);
    const work = () => exports.work(CONTROL, 0);
    if (!pool || this.count === 1 || most === 1 || multiplyAdds < parallelFrom) {
      work();
      return;
    }
    pool.resize(this.count - 1);
    try {
      pool.run(work, { helpers: most - 1, where: job.wording.where });
    } catch (error) {
      if (error instanceof ThreadError) {
        pool.end();
        if (this.current === machine) this.current = undefined;
      }
      throw error;
    }
  }

  /** Chosen at the first use, so that importing a package changes nothing in the host. */
  private chosen(): BinaryChoice {
    this.choice ??= chooseBinary(this.builds);
    return this.choice;
  }

  private start(): Machine<Exports> | undefined {
    const { binary } = this.chosen();
    if (binary === undefined) return undefined;
    const { host } = this;
    const shared = typeof host !== 'string';
    try {
      this.module ??= new webAssembly!.Module(shared ? binary.bytes : withPrivateMemory(binary.bytes));
      const { module } = this;
      const heap = new Heap(shared);
      const { memory } = heap;
      const instance = new webAssembly!.Instance(module, { env: { memory } });
      const block = { module, memory, control: CONTROL, capacity: MAX_THREADS };
      const pool = typeof host === 'string' ? undefined : new ThreadPool(host, block);
      return { exports: instance.exports as Exports, heap, pool };
    } catch (error) {
      // A limit on address space, or a page's policy: what validates need not run.
      this.choice = { simdReason: `WebAssembly was refused: ${error}` };
      return undefined;
    }
  }
}
