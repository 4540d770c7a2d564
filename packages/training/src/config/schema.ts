import { z } from 'zod';
import { baseOptions } from '../options/base-config.js';
import { refusedOfModel } from '../options/model-options.js';
import type { Options, ValuesOf } from '../options/option.js';
import { taskNames, taskOf, taskOptions } from '../tasks/index.js';

/** The version of config.json; it changes when an older file would be read wrongly. */
export const configVersion = 1;

/** Every option of a training, by its key. */
export const options = { ...baseOptions, ...taskOptions };

type Shape<Own extends Options> = { [Key in keyof Own]: Own[Key]['schema'] };

const shapes = Object.fromEntries(Object.entries(options).map(([key, { schema }]) => [key, schema])) as Shape<
  typeof options
>;

/** Everything that decides a run's numbers, and where they come from. Written to config.json. */
export const configSchema = z
  .strictObject({ version: z.literal(configVersion), task: z.enum(taskNames), ...shapes })
  .check(({ value, issues }) => {
    const config = value as Config;
    const refused = { ...refusedOfModel(config), ...taskOf(config.task).refuse?.(config) };
    for (const [key, message] of Object.entries(refused)) {
      if (message !== undefined) issues.push({ code: 'custom', message, path: [key], input: value });
    }
  });

export type Config = { version: typeof configVersion; task: (typeof taskNames)[number] } & ValuesOf<
  typeof options
>;
