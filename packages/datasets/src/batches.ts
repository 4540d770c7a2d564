import {
  describe,
  readOptions,
  requireChoice,
  requireFlag,
  requireFunction,
  requireInteger,
  requireObject,
  requireRoom,
  requireSeed,
} from './checks.js';
import { DatasetError } from './errors.js';
import { gather, type SequenceBatch } from './gather.js';
import { identity, keyedGenerator, shuffle } from './random.js';
import { requireDataset, type SequenceDataset } from './sequence-dataset.js';

/** A place in the endless row of epochs: the next batch to come. Both count from 0. */
export interface BatchPosition {
  readonly epoch: number;
  readonly batch: number;
}

/** What to do with the last batch of an epoch when it is not full. */
export type LastBatch = 'keep' | 'drop';

/** The position, with the settings that it is only meaningful for. Plain data: goes into a checkpoint as JSON. */
export interface BatchState extends BatchPosition {
  readonly size: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly lastBatch: LastBatch;
}

/** A batch that knows its place. */
export interface PlacedBatch extends SequenceBatch, BatchPosition {
  /** Which examples of the data set these are. */
  readonly rows: Int32Array;
}

/** How `batches` goes through a data set. */
export interface BatchOptions {
  batchSize: number;
  seed?: number;
  /** A new order in every epoch, else the data set's own. */
  shuffle?: boolean;
  lastBatch?: LastBatch;
  /** Stop after this many epochs, counted from epoch 0. */
  epochs?: number;
  /** Where to start: a position, or the `state()` of an earlier iterator, whose settings must then agree. */
  resume?: BatchPosition & Partial<BatchState>;
}

/** Batches one after another; `state()` at any time says what is needed to go on from there. */
export interface BatchIterator extends IterableIterator<PlacedBatch> {
  readonly batchesPerEpoch: number;
  state(): BatchState;
}

/**
 * Goes through a data set in batches, epoch after epoch.
 *
 * The order of an epoch depends on (seed, epoch) alone, by integer arithmetic, so it is the same on every platform
 * and a position is all it takes to resume: nothing has to be replayed.
 *
 * @example
 * const iterator = batches(train, { batchSize: 128, seed: 1 });
 * const { inputs, inputShape } = iterator.next().value;
 * const later = batches(train, { batchSize: 128, seed: 1, resume: iterator.state() }); // goes on with batch 1
 *
 * @throws {DatasetError} on settings out of range, a position outside the epoch, a state of other settings, or what is no data set.
 */
export function batches(dataset: SequenceDataset, options: BatchOptions): BatchIterator {
  const where = 'batches';
  const {
    batchSize,
    seed = 0,
    shuffle: shuffled = true,
    lastBatch = 'keep',
    epochs = Number.POSITIVE_INFINITY,
    resume = { epoch: 0, batch: 0 },
  } = readOptions(where, options, ['batchSize', 'seed', 'shuffle', 'lastBatch', 'epochs', 'resume']);
  requireDataset(where, dataset);
  requireFlag(where, 'shuffle', shuffled);
  requireInteger(where, 'batchSize', batchSize, 1);
  requireSeed(where, seed);
  requireChoice(where, 'lastBatch', lastBatch, ['keep', 'drop']);
  if (epochs !== Number.POSITIVE_INFINITY) requireInteger(where, 'epochs', epochs, 0);
  const { size } = dataset;
  const batchesPerEpoch = lastBatch === 'keep' ? Math.ceil(size / batchSize) : Math.floor(size / batchSize);
  if (batchesPerEpoch === 0) {
    throw new DatasetError(
      where,
      `batchSize to be at most ${size} when the last partial batch is dropped`,
      `${batchSize}`,
      'Use a smaller batchSize or lastBatch "keep"',
    );
  }
  const settings = { size, batchSize, seed, shuffle: shuffled, lastBatch };
  requirePosition(resume, settings, batchesPerEpoch);

  let { epoch, batch } = resume;
  let order: Int32Array | undefined;
  return {
    batchesPerEpoch,
    state: () => ({ epoch, batch, ...settings }),
    next() {
      if (epoch >= epochs) return { done: true, value: undefined };
      order ??= epochOrder(size, shuffled, seed, epoch);
      const rows = order.slice(batch * batchSize, (batch + 1) * batchSize);
      const value = { ...gather(dataset, rows), rows, epoch, batch };
      batch++;
      if (batch === batchesPerEpoch) {
        batch = 0;
        epoch++;
        order = shuffled ? undefined : order;
      }
      return { done: false, value };
    },
    [Symbol.iterator]() {
      return this;
    },
  };
}

function epochOrder(size: number, shuffled: boolean, seed: number, epoch: number): Int32Array {
  return shuffled ? shuffle(identity(size), keyedGenerator('epoch', seed, epoch)) : identity(size);
}

function requirePosition(
  resume: BatchPosition & Partial<BatchState>,
  settings: Omit<BatchState, keyof BatchPosition>,
  batchesPerEpoch: number,
): void {
  requireObject('batches', 'resume', resume);
  requireInteger('batches', 'resume.epoch', resume.epoch, 0);
  requireInteger('batches', 'resume.batch', resume.batch, 0);
  if (resume.batch >= batchesPerEpoch) {
    throw new DatasetError(
      'batches',
      `resume.batch to be below the ${batchesPerEpoch} batches of an epoch`,
      `${resume.batch}`,
      'Resume with the data set and the settings that the position was taken from',
    );
  }
  for (const key of Object.keys(settings) as (keyof typeof settings)[]) {
    if (resume[key] === undefined || resume[key] === settings[key]) continue;
    throw new DatasetError(
      'batches',
      `the state to resume to have ${key} ${describe(settings[key])}, as given now`,
      describe(resume[key]),
      'Resume with the data set and the settings that the state was taken from',
    );
  }
}

/** How `streamBatches` goes through a stream of examples. */
export interface StreamOptions {
  batchSize: number;
  /** Where to start: the `state()` of an earlier stream, or any batch number. */
  resume?: { readonly batch: number; readonly batchSize?: number };
}

/** A batch of a stream. */
export interface StreamBatch extends SequenceBatch {
  readonly batch: number;
  /** Number of its first example in the stream. */
  readonly first: number;
}

/** Batches without end. */
export interface StreamIterator extends IterableIterator<StreamBatch> {
  state(): { batch: number; batchSize: number };
}

/**
 * Endless batches of a generated problem, every example new. Batch b holds the examples
 * b * batchSize, ..., (b + 1) * batchSize - 1 of the problem; each depends on its number and the problem's seed
 * alone, so the batch number is all it takes to resume.
 *
 * @example
 * streamBatches((range) => addingProblem({ steps: 200, seed: 1, ...range }), { batchSize: 50 });
 *
 * @param problem - Gives the examples first, ..., first + size - 1 as a data set.
 * @throws {DatasetError} on settings out of range, or a state of another batch size.
 */
export function streamBatches(
  problem: (range: { first: number; size: number }) => SequenceDataset,
  options: StreamOptions,
): StreamIterator {
  const where = 'streamBatches';
  const { batchSize, resume = { batch: 0 } } = readOptions(where, options, ['batchSize', 'resume']);
  requireFunction(where, 'problem', problem);
  requireInteger(where, 'batchSize', batchSize, 1);
  requireRoom(where, 'batchSize', batchSize);
  requireObject(where, 'resume', resume);
  requireInteger(where, 'resume.batch', resume.batch, 0);
  if (resume.batchSize !== undefined && resume.batchSize !== batchSize) {
    throw new DatasetError(
      where,
      `the state to resume to have batchSize ${batchSize}, as given now`,
      describe(resume.batchSize),
      'Resume with the batch size that the state was taken from',
    );
  }
  let { batch } = resume;
  const local = identity(batchSize);
  return {
    state: () => ({ batch, batchSize }),
    next() {
      const first = batch * batchSize;
      const examples = gather(problem({ first, size: batchSize }), local);
      return { done: false, value: { ...examples, first, batch: batch++ } };
    },
    [Symbol.iterator]() {
      return this;
    },
  };
}
