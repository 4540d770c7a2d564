import type { Metrics } from '../loop/learner.js';
import type { Stage } from '../loop/stage.js';
import type { BaseConfig } from '../options/base-config.js';
import type { Options, Refusals, ValuesOf } from '../options/option.js';
import type { MetricsEntry } from '../run/metrics-log.js';
import type { RunFolder } from '../run/run-folder.js';

/** A part of the report: a heading, what it shows, and figures or a table. */
export interface Section {
  title: string;
  text?: string;
  table?: { columns: string[]; rows: string[][] };
  figures?: { name: string; svg: string }[];
}

export interface TaskResults {
  folder: RunFolder;
  entries: MetricsEntry[];
  results: Record<string, Metrics>;
}

/** What is learned, with its data: the stages to train, and what the report says of them. */
export interface Task {
  /** For people. */
  title: string;
  /** Sequences of the training data, where a batch is drawn from them. */
  trainingSequences?: number;
  /** Builders, since a model is made only when its turn comes. */
  stages: (() => Promise<Stage>)[];
  /** The task's own part of the report, after the training curves. */
  sections(results: TaskResults): Promise<Section[]>;
}

/** Settings under a name: a row of a paper's table. */
export interface Preset<Settings> {
  about: string;
  settings: Settings;
}

/** What a sequence of a task is made of, as far as the settings say it; texts and motions decide the rest themselves. */
export interface Sizes {
  steps: number;
  /** Numbers in an input. */
  inputs: number;
  /** Numbers that the readout gives for a sequence. */
  outputs: number;
  /** Bytes of the whole data set, where the settings decide them. */
  data: number;
}

/** A task that `hurwitz train` names: its options and defaults, and how it is built. */
export interface TaskDefinition<
  Name extends string = string,
  Own extends Options = Options,
  Config = BaseConfig & ValuesOf<Own>,
> {
  name: Name;
  /** What is learned, for the help. */
  about: string;
  /** All that it reads beside the cell's options, and those of every training. */
  options: Own;
  /** Of the cell's options those that it reads, where it decides the others itself. */
  cellOptions?: readonly string[];
  /** What it changes of the defaults. */
  defaults: Partial<Config>;
  /** Defaults that follow from other settings. */
  derived?: { about: string; of: (chosen: Partial<Config>) => Partial<Config> };
  presets?: Readonly<Record<string, Preset<Partial<Config>>>>;
  sizes(config: Config): Sizes;
  /** Values of its options that do not go together. */
  refuse?(config: Config): Refusals;
  /** Loads the data. */
  build(config: Config): Promise<Task>;
}

/** Holds a task's functions to its own options. */
export const defineTask = <const Name extends string, Own extends Options>(
  task: TaskDefinition<Name, Own>,
): TaskDefinition<Name, Own> => task;
