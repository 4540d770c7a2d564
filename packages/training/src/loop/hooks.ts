import type { StepResult } from './training-step.js';

/** Where a training stands. */
export interface Place {
  epoch: number;
  /** Batches of the epoch that are done. */
  batch: number;
  /** Steps that are done, over everything that is trained one after the other. */
  step: number;
}

/** Numbers and words measured after an epoch, by name. */
export type Measured = Record<string, number | string | undefined>;

type Awaitable<T> = T | Promise<T>;

/**
 * What happens beside the descent: projections, measurements, displays. Hooks are called in the order of their list. They
 * change the numbers of a run only by changing weights in `beforeStep` or `afterStep`, which a resumed run then does too.
 */
export interface Hooks {
  beforeStep?(place: Readonly<Place>): Awaitable<void>;
  /** After a step that was taken, which `place` counts already. */
  afterStep?(place: Readonly<Place>, result: StepResult): Awaitable<void>;
  /** Measures something after an epoch, which `place` does not count yet; it is logged beside the metrics. */
  measure?(place: Readonly<Place>): Awaitable<Measured>;
  /** What `measure` measures, for people: its time is told by that name. */
  measures?: string;
  /** After an epoch, which `place` counts already, with all that was measured. */
  afterEpoch?(place: Readonly<Place>, measured: Readonly<Measured>): Awaitable<void>;
  /** After a checkpoint is on the disk. */
  afterCheckpoint?(place: Readonly<Place>): Awaitable<void>;
}
