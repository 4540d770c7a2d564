import type { Config } from '../config/schema.js';
import { charRnnTask } from './char-rnn.js';
import { mocapTask } from './mocap.js';
import { pendulumTask } from './pendulum.js';
import { pixelMnistTask } from './pixel-mnist.js';
import { addingTask, copyMemoryTask } from './synthetic.js';
import type { Task } from './task.js';
import { ptbTask, wikiText2Task } from './word-level.js';

const builders: Record<Config['task'], (config: Config) => Promise<Task>> = {
  pendulum: pendulumTask,
  'pixel-mnist': pixelMnistTask,
  adding: addingTask,
  'copy-memory': copyMemoryTask,
  'char-rnn': charRnnTask,
  mocap: mocapTask,
  'wikitext-2': wikiText2Task,
  ptb: ptbTask,
};

/** The task that the configuration names, with its data loaded. */
export function buildTask(config: Config): Promise<Task> {
  return builders[config.task](config);
}
