import { z } from 'zod';
import { count, option } from './option.js';

/** Options that several tasks read; a task's own stand in its file. */
export const dataDir = option(z.string().optional(), {
  kind: 'folder',
  group: 'Task',
  about: "folder of the task's data set",
});

export const length = option(count, {
  kind: 'number',
  group: 'Task',
  about: 'all tasks but pixel-mnist: time steps',
  default: 100,
});
