import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import { taskOf } from './index.js';
import type { Task } from './task.js';

/**
 * The task that the configuration names, with its data loaded.
 *
 * @throws UserError when a batch would be larger than the training data.
 */
export async function buildTask(config: Config): Promise<Task> {
  const task = await taskOf(config.task).build(config);
  const { trainingSequences: most = Number.POSITIVE_INFINITY } = task;
  if (config.batchSize <= most) return task;
  throw new UserError(
    `--batch-size: must be at most ${most}, the sequences of the training data, got ${config.batchSize}.`,
  );
}
