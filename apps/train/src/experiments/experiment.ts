import type { Paper } from './papers.js';

/**
 * One figure or table of a paper, made again by `hurwitz reproduce <id>`. To add one: a file `<id>.ts` in this folder
 * that exports an `Experiment`, and its line in `index.ts`. Sizes belong in `settings`, everything that takes long in
 * `context.part`, and every number of the text comes from what was measured, so that the entry stays true at any size.
 */
export interface Experiment<Settings extends object = object> {
  /** As in the command, such as `lyapunov-fig1`. */
  readonly id: string;
  /** Heading of the ledger entry: what is shown, and whose figure it is. */
  readonly title: string;
  /** Whose work it is; the index of the ledger groups by it. */
  readonly paper: Paper;
  /** What has to be in `--data-dir`; absent when nothing is read. */
  readonly data?: string;
  /** Everything but the seed that decides the numbers. `full` is the paper's size, the other a few minutes. */
  settings(size: { full: boolean }): Settings;
  run(context: ExperimentContext<Settings>): Promise<ExperimentResult>;
}

export interface ExperimentContext<Settings extends object = object> {
  readonly settings: Settings;
  /** Draw all random numbers from it. */
  readonly seed: number;
  readonly full: boolean;
  /** Empty for an experiment without `data`. */
  readonly dataDir: string;
  /** Folder for files of the run's own, such as checkpoints, that goes when the experiment ends. */
  readonly workFolder: string;
  /**
   * The result of one part of a long experiment, computed once: a run that is interrupted finds it on disk and goes on
   * to the same numbers. The result is plain data (objects, arrays, strings, numbers, also infinite ones); typed arrays
   * come back as arrays. The key is made of letters, digits, dots and hyphens; parts are computed one after another.
   */
  part<Value>(key: string, compute: () => Value | Promise<Value>): Promise<Value>;
  /** Prints a line for whoever waits. */
  progress(message: string): void;
}

/** One quantity as the paper has it, and as it is here. */
export interface Comparison {
  readonly quantity: string;
  /** `not given` where the paper does not say it. */
  readonly paper: string | number;
  readonly here: string | number;
}

export interface ExperimentResult {
  /** Goes into `<id>.json` in full. */
  readonly numbers: object;
  /** How large the paper's experiment was, and how large this run: epochs, units, repetitions. */
  readonly sizes: readonly Comparison[];
  /** What the paper found, and what this run found. */
  readonly comparison: readonly Comparison[];
  /** What was chosen after a first result was seen; `nothing` where that is so. */
  readonly tuned: string;
  readonly figures: readonly ExperimentFigure[];
  /** Markdown below the figures: sizes, tables, what agrees with the paper and what does not. */
  readonly text: string;
}

export interface ExperimentFigure {
  readonly svg: string;
  /** What a reader who does not see it should know. */
  readonly caption: string;
  /** For the second and further figures: `<id>-<name>.svg`. */
  readonly name?: string;
}
