import type { Metrics } from '../loop/learner.js';
import type { Stage } from '../loop/stage.js';
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

/** What is learned: the stages to train, and what the report says of them. */
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
