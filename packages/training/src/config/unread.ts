import { cellOf, cellOptions } from '../cells/index.js';
import { UserError } from '../errors.js';
import { unreadOfModel } from '../options/model-options.js';
import type { Refusals } from '../options/option.js';
import { unreadOfTraining } from '../options/training-options.js';
import { taskOf, taskOptions } from '../tasks/index.js';
import type { Config } from './schema.js';
import { flagOf } from './validate.js';

/** Flags that would not be read, each with the reason; undefined for one that is. */
export type Unread = Refusals;

/**
 * Refuses a flag that was given and has no effect: whoever gave it expects one.
 *
 * @throws UserError that names the flag and the reason.
 */
export function refuseUnread(given: ReadonlySet<string>, unread: Unread): void {
  for (const [key, reason] of Object.entries(unread)) {
    if (reason === undefined || !given.has(key)) continue;
    throw new UserError(`${flagOf(key)} ${reason}. Leave it out.`);
  }
}

/** The options that a task with a cell does not declare, by key, with which of the two that is. */
function undeclared({ task, cell }: Pick<Config, 'task' | 'cell'>): Record<string, string> {
  const { options, cellOptions: read = Object.keys(cellOptions) } = taskOf(task);
  const ofCell = cellOf(cell).options;
  const notOfTask = Object.keys(taskOptions).filter((key) => !(key in options));
  const notRead = Object.keys(cellOptions).filter((key) => key in ofCell && !read.includes(key));
  const notOfCell = Object.keys(cellOptions).filter((key) => !(key in ofCell));
  return Object.fromEntries([
    ...[...notOfTask, ...notRead].map((key) => [key, `the task ${task}`]),
    ...notOfCell.map((key) => [key, `the cell ${cell}`]),
  ]);
}

/** Options that mean nothing to a task with a cell. */
export function unusedKeys(of: Pick<Config, 'task' | 'cell'>): readonly string[] {
  return Object.keys(undeclared(of));
}

/** The flags of a training that its task, its cell or another flag leaves without effect. */
export function unreadInTraining(config: Config): Unread {
  return {
    ...Object.fromEntries(
      Object.entries(undeclared(config)).map(([key, by]) => [key, `means nothing to ${by}`]),
    ),
    ...unreadOfModel(config),
    ...unreadOfTraining(config),
  };
}
