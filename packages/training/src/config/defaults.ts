import { taskOf, tasks } from '../tasks/index.js';
import type { Preset } from '../tasks/task.js';
import { type Config, options } from './schema.js';

type Settings = Partial<Config>;

/** What every task starts from. */
export const commonDefaults = Object.fromEntries(
  Object.entries(options).flatMap(([key, option]) =>
    option.default === undefined ? [] : [[key, option.default]],
  ),
) as Omit<Config, 'version' | 'task'>;

/** Rows of the papers' tables, as settings of a task. */
export const presets: Readonly<Record<string, Preset<Settings>>> = Object.assign(
  {},
  ...tasks.map((task) => ('presets' in task ? task.presets : {})),
);

/** A task's settings before any flag or preset, given what these say. */
export function defaultsOf(task: Config['task'], chosen: Settings = {}): Settings {
  const { defaults, derived } = taskOf(task);
  return { ...commonDefaults, ...derived?.of(chosen), ...defaults, task };
}
