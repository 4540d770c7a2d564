import { cellOf } from '../cells/index.js';
import type { Need } from '../machine/memory.js';
import { taskOf } from '../tasks/index.js';
import type { Config } from './schema.js';

/** Copies of the weights that an optimizer keeps. */
const slots: Record<Config['optimizer'], number> = { adam: 2, rmsprop: 2, adagrad: 1, sgd: 0 };

const float32 = 4;

/** What a training of these settings holds at the same time: a lower bound, known before anything is allocated. */
export function memoryNeeds(config: Config): Need[] {
  const { cell, units, batchSize, optimizer } = config;
  const { steps, inputs, outputs, data } = taskOf(config.task).sizes(config);
  const { square, blocks } = cellOf(cell).memory;
  const weights = square * units * units + blocks * inputs * units;
  // Weights, gradient and best epoch, and what a checkpoint gathers before it is written.
  const copies = 3 + slots[optimizer] + 2 * (2 + slots[optimizer]);
  return [
    {
      what: 'the weights, their gradient and checkpoints',
      bytes: copies * weights * float32,
      flags: ['--units'],
    },
    {
      // The states and the inputs' share of them, with a gradient each.
      what: 'the states of a batch',
      bytes: batchSize * (2 * (1 + blocks) * steps * units + 2 * outputs) * float32,
      flags: ['--batch-size', ...('length' in taskOf(config.task).options ? ['--length'] : []), '--units'],
    },
    { what: 'the sequences of the task', bytes: data, flags: ['--length'] },
  ];
}
