import type { z } from 'zod';
import type { Paper } from '../ledger/papers.js';

/**
 * One figure or table of a paper, made again by `hurwitz reproduce <id>`, as data and three functions: `parts` lists what
 * has to be computed, `compute` does one part, `summarise` makes the entry of the ledger from all of them. A part is plain
 * JSON and holds everything that decides its numbers, so parts can run in any order, in another process or on another
 * machine.
 */
export interface Experiment<Settings extends object = object, Result extends PartResult = PartResult> {
  /** As in the command, such as `lyapunov-fig1`. */
  readonly id: string;
  /** Heading of the ledger entry: what is shown, and whose figure it is. */
  readonly title: string;
  /** Whose work it is; the index of the ledger groups by it. */
  readonly paper: Paper;
  /** What has to be in `--data-dir`; absent when nothing is read. */
  readonly data?: string;
  readonly settings: Sizes<Settings>;
  /** What has to be computed, from the settings alone: it reads no data and draws no random numbers. */
  parts(settings: Settings, seed: number): readonly Result['part'][];
  /**
   * The numbers of one part: a function of the part and of the data in `context.dataDir`, and of nothing else. They are
   * plain data (objects, arrays, strings, numbers, also infinite ones); typed arrays come back as arrays.
   */
  compute(part: Result['part'], context: PartContext): Result['value'] | Promise<Result['value']>;
  /** The entry, from the results in the order of the parts. It computes nothing that takes long, and draws no random numbers. */
  summarise(results: readonly Result[], about: About<Settings>): Summary | Promise<Summary>;
}

/** Everything but the seed that decides the numbers of an experiment. */
export interface Sizes<Settings extends object> {
  readonly schema: z.ZodType<Settings>;
  /** A size for two cores and minutes. */
  readonly default: Settings;
  /** The paper's size; absent where the default is the only size. */
  readonly full?: Settings;
}

/** What every part has. */
export interface Part {
  /** Names the part in the cache: letters, digits, dots and hyphens, and the same in every run. */
  readonly key: string;
}

/** A part and the numbers that `compute` gave for it. Where an experiment has several kinds of parts, a union of these. */
export interface PartResult<Each extends Part = Part, Value = unknown> {
  readonly part: Each;
  readonly value: Value;
}

/** What a part is computed with. Nothing but the data decides numbers. */
export interface PartContext {
  /** Empty for an experiment without `data`. */
  readonly dataDir: string;
  /** Folder for files of the parts' own, such as checkpoints, that goes when the experiment ends. */
  readonly workFolder: string;
  /** Prints a line for whoever waits. */
  progress(message: string): void;
  /** Makes a value that several parts need, such as loaded data, once in a process. Parts only read it. */
  once<Value>(name: string, make: () => Value | Promise<Value>): Promise<Value>;
}

/** The size that was computed. */
export interface About<Settings extends object> {
  readonly settings: Settings;
  /** Whether it is the paper's. */
  readonly full: boolean;
}

/** One quantity as the paper has it, and as it is here. */
export interface Comparison {
  readonly quantity: string;
  /** `not given` where the paper does not say it. */
  readonly paper: string | number;
  readonly here: string | number;
}

/** What goes into the ledger. */
export interface Summary {
  /** Goes into `<id>.json` in full. */
  readonly numbers: object;
  /** How large the paper's experiment was, and how large this run: epochs, units, repetitions. */
  readonly sizes: readonly Comparison[];
  /** What the paper found, and what this run found. */
  readonly comparison: readonly Comparison[];
  /** What was chosen after a first result was seen; `nothing` where that is so. */
  readonly tuned: string;
  readonly figures: readonly Figure[];
  /** Markdown below the figures: sizes, tables, what agrees with the paper and what does not. */
  readonly text: string;
}

/** An SVG image of an entry. */
export interface Figure {
  readonly svg: string;
  /** What a reader who does not see it should know. */
  readonly caption: string;
  /** For the second and further figures: `<id>-<name>.svg`. */
  readonly name?: string;
}

/** The values of the parts of one kind, in the order of the parts. */
export function valuesOf<Result extends PartResult<KindOfPart>, Kind extends Result['part']['kind']>(
  results: readonly Result[],
  kind: Kind,
): ValueOf<Result, Kind>[] {
  return results.filter(({ part }) => part.kind === kind).map(({ value }) => value as ValueOf<Result, Kind>);
}

interface KindOfPart extends Part {
  readonly kind: string;
}

type ValueOf<Result extends PartResult<KindOfPart>, Kind> = Result extends unknown
  ? Kind extends Result['part']['kind']
    ? Result['value']
    : never
  : never;
