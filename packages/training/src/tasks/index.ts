import type { Options } from '../options/option.js';
import { adding } from './adding.js';
import { charRnn } from './char-rnn.js';
import { copyMemoryProblem } from './copy-memory.js';
import { mocap } from './mocap.js';
import { pendulum } from './pendulum/pendulum.js';
import { pixelMnist } from './pixel-mnist/pixel-mnist.js';
import type { TaskDefinition } from './task.js';
import { ptb, wikiText2 } from './word-level.js';

/** Every task that `hurwitz train` names, in the order of the help. */
export const tasks = [
  pendulum,
  pixelMnist,
  adding,
  copyMemoryProblem,
  charRnn,
  mocap,
  wikiText2,
  ptb,
] as const;

export type TaskName = (typeof tasks)[number]['name'];

export const taskNames = tasks.map(({ name }) => name) as [TaskName, ...TaskName[]];

type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/** The options of all tasks. */
export type TaskOptions = Intersection<(typeof tasks)[number]['options']>;

export const taskOptions = Object.assign({}, ...tasks.map(({ options }) => options)) as TaskOptions;

/** The definition of a task. */
export const taskOf = (name: string): TaskDefinition<string, Options> =>
  tasks.find((task) => task.name === name) as unknown as TaskDefinition<string, Options>;
