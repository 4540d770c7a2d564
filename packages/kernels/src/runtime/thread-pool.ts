import { ThreadError } from '../errors.js';
import { Control } from './control.js';
import type { HostWorker, ThreadHost } from './thread-host.js';
import { Slot, workerSource } from './worker.js';

/** How long a sleep lasts between looks at whether the workers are alive, and how many looks without a sign of life. */
const LOOK_MS = 50;
const PATIENCE = 100;

export interface PoolMemory {
  module: unknown;
  memory: { buffer: ArrayBufferLike };
  /** Byte offset of the control block, Control.count words, followed by one word per worker. */
  control: number;
  /** Workers that the control block has room for. */
  capacity: number;
}

/**
 * Worker threads that take tasks from a queue in shared memory, beside the thread that calls `run`. A worker that is still
 * starting simply does not take part: the tasks are the same whoever takes them.
 */
export class ThreadPool {
  private readonly workers: HostWorker[] = [];
  private death: string | undefined;
  private refused: string | undefined;

  constructor(
    private readonly host: ThreadHost,
    private readonly shared: PoolMemory,
  ) {}

  /** Why the host starts no workers, once it has refused one: by a permission, a page's policy or a limit. */
  get refusal(): string | undefined {
    return this.refused;
  }

  /** Starts or ends workers until there are `count`, or none where the host refuses them. */
  resize(count: number): void {
    const wanted = this.refused === undefined ? Math.min(count, this.shared.capacity) : 0;
    while (this.workers.length > wanted) this.workers.pop()!.terminate();
    while (this.workers.length < wanted) {
      const slot = this.slot(this.workers.length);
      Atomics.store(this.words(), slot, Slot.starting);
      const { module, memory, control } = this.shared;
      const data = { module, memory, control, slot: slot * 4, thread: this.workers.length + 1 };
      const onDeath = (reason: string) => {
        if (Atomics.load(this.words(), slot) === Slot.starting) this.refused ??= reason;
        else this.death ??= reason;
      };
      try {
        this.workers.push(this.host.start(workerSource, data, onDeath));
      } catch (error) {
        this.refused = String(error);
        this.resize(0);
        return;
      }
    }
  }

  /**
   * Runs `work` here and the same queue of tasks on the first `helpers` workers that are idle, until all are done. Throws
   * `ThreadError` if a worker died, naming `where`, what the user called; the pool is of no use then.
   */
  run(work: () => void, { helpers, where }: { helpers: number; where: string }): void {
    if (this.death !== undefined) throw new ThreadError(where, this.death);
    const words = this.words();
    const busy: number[] = [];
    for (let i = 0; i < Math.min(helpers, this.workers.length); i++) {
      const slot = this.slot(i);
      if (Atomics.compareExchange(words, slot, Slot.idle, Slot.running) === Slot.idle) {
        Atomics.notify(words, slot);
        busy.push(slot);
      }
    }
    work();
    for (const slot of busy) {
      const failure = this.wait(words, slot);
      if (failure !== undefined) throw new ThreadError(where, failure);
    }
  }

  end(): void {
    this.resize(0);
  }

  /** Waits until a worker is idle again; returns why it never will be. */
  private wait(words: Int32Array, slot: number): string | undefined {
    let beat = Atomics.load(words, this.heartbeat());
    let looks = 0;
    let since = performance.now();
    for (;;) {
      const state = Atomics.load(words, slot);
      if (state === Slot.idle) return undefined;
      if (state === Slot.failed) return 'its program failed';
      if (this.host.mayWait) {
        if (Atomics.wait(words, slot, Slot.running, LOOK_MS) !== 'timed-out') continue;
      } else if (performance.now() - since < LOOK_MS) {
        continue;
      }
      since = performance.now();
      const now = Atomics.load(words, this.heartbeat());
      looks = now === beat ? looks + 1 : 0;
      beat = now;
      if (looks > PATIENCE) return 'it stopped computing';
    }
  }

  private words(): Int32Array {
    return new Int32Array(this.shared.memory.buffer);
  }

  private slot(index: number): number {
    return this.shared.control / 4 + Control.count + index;
  }

  private heartbeat(): number {
    return this.shared.control / 4 + Control.heartbeat;
  }
}
