import { describe, expect, it } from 'vitest';
import { cellNames, cellOptions, cells } from '../src/cells/index.js';
import { defaultsOf } from '../src/config/defaults.js';
import { flags } from '../src/config/flags.js';
import { type Config, configSchema, configVersion, options } from '../src/config/schema.js';
import { unreadInTraining, unusedKeys } from '../src/config/unread.js';
import type { Options } from '../src/options/option.js';
import { taskNames, taskOf, taskOptions, tasks } from '../src/tasks/index.js';

describe('options that tasks and cells declare', () => {
  it('are one option where they have one key', () => {
    for (const declared of [...cells, ...tasks].map((each) => each.options as Options)) {
      for (const [key, option] of Object.entries(declared))
        expect((options as Options)[key], key).toBe(option);
    }
  });

  it('have a flag each, a place in the schema, and a default that the schema takes', () => {
    expect(flags.map(({ key }) => key).sort()).toEqual(Object.keys(options).sort());
    expect(Object.keys(configSchema.shape).sort()).toEqual(
      ['version', 'task', ...Object.keys(options)].sort(),
    );
    for (const [key, option] of Object.entries(options as Options)) {
      if (option.default !== undefined) expect(() => option.schema.parse(option.default), key).not.toThrow();
    }
  });

  it.each(taskNames)('of %s: what it does not declare means nothing to it, with every cell', (task) => {
    const { options: own, cellOptions: read = Object.keys(cellOptions) } = taskOf(task);
    for (const cell of cellNames) {
      const ofCell: object = cells.find(({ name }) => name === cell)!.options;
      const unused = unusedKeys({ task, cell });
      for (const key of Object.keys(taskOptions)) expect(unused.includes(key), key).toBe(!(key in own));
      for (const key of Object.keys(cellOptions)) {
        expect(unused.includes(key), key).toBe(!(key in ofCell && read.includes(key)));
      }
    }
  });

  it('are refused by the name of the task or the cell that does not declare them', () => {
    const config = { ...defaultsOf('pendulum'), version: configVersion } as Config;
    const unread = unreadInTraining(config);
    expect(unread['dataDir']).toBe('means nothing to the task pendulum');
    expect(unread['gated']).toBe('means nothing to the task pendulum');
    expect(unread['activation']).toBe('means nothing to the cell lipschitz');
    expect(unread['epsilon']).toBeUndefined();
  });
});
