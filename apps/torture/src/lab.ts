import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DatasetSource } from '@hurwitz/datasets';
import { built } from './processes.js';

export type Task =
  | { kind: 'command'; args: readonly string[] }
  | { kind: 'parts'; out: string }
  | { kind: 'exponents'; path: string }
  | { kind: 'models'; folder: string }
  | { kind: 'fetch'; source: DatasetSource; folder: string };

export interface Answer {
  /** `raw` is an error that no message explains; `hang` one that never came; `died` the end of the thread. */
  outcome: 'done' | 'refused' | 'raw' | 'hang' | 'died';
  text: string;
}

/** After so many tasks a fresh thread starts: TensorFlow.js keeps the variables of all models. */
const tasksOfThread = 500;

/** A thread in which commands run without the start of a process each; one that hangs is stopped. */
export class Lab {
  private worker: Worker | undefined;
  private done = 0;

  constructor(private readonly patience = 120_000) {}

  async run(task: Task): Promise<Answer> {
    if (this.done >= tasksOfThread) await this.close();
    this.worker ??= new Worker(join(built, 'lab-worker.js'), {
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
    });
    this.done += 1;
    const { worker } = this;
    const answer = await new Promise<Answer>((resolve) => {
      const settle = (result: Answer): void => {
        clearTimeout(timer);
        worker.off('message', settle).off('error', onError).off('exit', onExit);
        resolve(result);
      };
      const onError = (error: unknown): void => settle({ outcome: 'died', text: String(error) });
      const onExit = (code: number): void => settle({ outcome: 'died', text: `exit ${code}` });
      const hang: Answer = { outcome: 'hang', text: `no end in ${this.patience / 1000} s` };
      const timer = setTimeout(() => settle(hang), this.patience);
      worker.on('message', settle).on('error', onError).on('exit', onExit);
      worker.postMessage(task);
    });
    if (answer.outcome === 'hang' || answer.outcome === 'died') await this.close();
    return answer;
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    this.done = 0;
    await worker?.terminate();
  }
}
