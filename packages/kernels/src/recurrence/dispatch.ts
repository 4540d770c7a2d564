import { kernels, type Machine } from '../machine.js';
import { Program } from '../runtime/control.js';
import { Field } from './fields.js';

export const wording = {
  where: 'recurrence',
  memory: 'working memory',
  fix: 'Use a smaller batch or a shorter sequence, or lower setMaxTapeBytes.',
};

/** Work below this many multiply-adds is not worth waking a thread for. */
const PARALLEL_FROM = 2e6;

/** Runs the job described at `address`: `count` tasks, about `multiplyAdds` in all. Throws `ThreadError` if a worker died. */
export function dispatch(
  machine: Machine,
  address: number,
  { count, multiplyAdds }: { count: number; multiplyAdds: number },
): void {
  machine.heap.words(address, Field.count + 1)[Field.count] = count;
  const program = Program.recurrence;
  kernels.dispatch(machine, {
    program,
    address,
    most: count,
    multiplyAdds,
    parallelFrom: PARALLEL_FROM,
    wording,
  });
}
