import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import { charRnnTask } from './char-rnn.js';
import { mocapTask } from './mocap.js';
import { pendulumTask } from './pendulum.js';
import { pixelMnistTask } from './pixel-mnist.js';
import { addingTask, copyMemoryTask } from './synthetic.js';
import type { Task } from './task.js';
import { ptbTask, wikiText2Task } from './word-level.js';

const tasks: Record<Config['task'], [about: string, build: (config: Config) => Promise<Task>]> = {
  pendulum: ['the states of a swinging pendulum, from the first one; needs no data', pendulumTask],
  'pixel-mnist': ['the digit in an image of MNIST read a few pixels at a time', pixelMnistTask],
  adding: ['the sum of the two marked numbers of a sequence; needs no data', addingTask],
  'copy-memory': ['symbols to repeat after a delay; needs no data', copyMemoryTask],
  'char-rnn': ['the next character of War and Peace', charRnnTask],
  mocap: ['the next pose of the CMU motion capture', mocapTask],
  'wikitext-2': ['the next word of WikiText-2', wikiText2Task],
  ptb: ['the next word of the Penn Treebank', ptbTask],
};

/** What each task learns, for the help. */
export const taskAbouts: readonly [task: string, about: string][] = Object.entries(tasks).map(
  ([task, [about]]) => [task, about],
);

/**
 * The task that the configuration names, with its data loaded.
 *
 * @throws UserError when a batch would be larger than the training data.
 */
export async function buildTask(config: Config): Promise<Task> {
  const [, build] = tasks[config.task];
  const task = await build(config);
  const { trainingSequences: most = Number.POSITIVE_INFINITY } = task;
  if (config.batchSize <= most) return task;
  throw new UserError(
    `--batch-size: must be at most ${most}, the sequences of the training data, got ${config.batchSize}.`,
  );
}
