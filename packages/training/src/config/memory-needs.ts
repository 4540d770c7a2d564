import type { Need } from '../machine/memory.js';
import type { Config, Task } from './schema.js';

/** What a sequence of a task is made of, as far as the settings say it; texts and motions decide the rest themselves. */
interface Sizes {
  steps: number;
  inputs: number;
  /** Numbers that the readout gives for a sequence. */
  outputs: number;
  /** Bytes of the whole data set, where the settings decide them. */
  data: number;
}

const sizesOf: Record<Task, (config: Config) => Sizes> = {
  pendulum: ({ length }) => ({ steps: length, inputs: 1, outputs: 0, data: 768 * length * 2 * float32 }),
  'pixel-mnist': ({ pixelsPerStep }) => ({
    steps: Math.ceil(784 / pixelsPerStep),
    inputs: pixelsPerStep,
    outputs: 10,
    data: 0,
  }),
  adding: ({ length }) => ({ steps: length, inputs: 2, outputs: 1, data: 12_000 * length * 2 * float32 }),
  'copy-memory': ({ length }) => ({
    steps: length + 20,
    inputs: 10,
    outputs: 9 * (length + 20),
    data: 12_000 * (length + 20) * 2,
  }),
  'char-rnn': ({ length }) => ({ steps: length, inputs: 1, outputs: 0, data: 0 }),
  mocap: ({ length }) => ({ steps: length, inputs: 1, outputs: length, data: 0 }),
  'wikitext-2': ({ length }) => ({ steps: length, inputs: 1, outputs: 0, data: 0 }),
  ptb: ({ length }) => ({ steps: length, inputs: 1, outputs: 0, data: 0 }),
};

/** Matrices [units, units] of a cell, and blocks of drive that an input makes. */
const cells: Record<Config['cell'], { square: number; blocks: number }> = {
  lipschitz: { square: 2, blocks: 1 },
  antisymmetric: { square: 0.5, blocks: 1 },
  vanilla: { square: 1, blocks: 1 },
  residual: { square: 1, blocks: 1 },
  cayley: { square: 0.5, blocks: 1 },
  exponential: { square: 0.5, blocks: 1 },
  lstm: { square: 4, blocks: 4 },
  gru: { square: 3, blocks: 3 },
};

/** Copies of the weights that an optimizer keeps. */
const slots: Record<Config['optimizer'], number> = { adam: 2, rmsprop: 2, adagrad: 1, sgd: 0 };

const float32 = 4;

/** What a training of these settings holds at the same time: a lower bound, known before anything is allocated. */
export function memoryNeeds(config: Config): Need[] {
  const { cell, units, batchSize, optimizer } = config;
  const { steps, inputs, outputs, data } = sizesOf[config.task](config);
  const { square, blocks } = cells[cell];
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
      flags: ['--batch-size', ...(config.task === 'pixel-mnist' ? [] : ['--length']), '--units'],
    },
    { what: 'the sequences of the task', bytes: data, flags: ['--length'] },
  ];
}
