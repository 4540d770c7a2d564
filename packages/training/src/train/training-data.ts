import { type SequenceDataset, type SequenceDatasetOptions, sequenceDataset } from '@hurwitz/datasets';
import { described } from '@hurwitz/input';
import { TrainingError } from '../errors.js';
import type { BatchSource } from '../loop/learner.js';

/** Sequences as nested lists, with a target each: a number, a list, or a list for every step. */
export interface NestedSequences {
  /** [sequence][step][number] */
  inputs: readonly (readonly (readonly number[])[])[];
  targets: readonly number[] | readonly (readonly number[])[] | readonly (readonly (readonly number[])[])[];
  /** Number of classes, where the targets are labels 0, ..., classes - 1. */
  classes?: number;
}

/** Sequences with their targets: nested lists, typed arrays with their shape, or a data set of `@hurwitz/datasets`. */
export type Examples = SequenceDataset | SequenceDatasetOptions | NestedSequences;

/** Examples, which are drawn in an order of their own in every epoch, or batches that you make yourself by their place. */
export type TrainingData = Examples | BatchSource;

/** Examples as a data set; batches as they are. */
export function readExamples(data: Examples): SequenceDataset;
export function readExamples(data: TrainingData): SequenceDataset | BatchSource;
export function readExamples(data: TrainingData): SequenceDataset | BatchSource {
  if (typeof data !== 'object' || data === null) {
    const fix =
      'Pass { inputs, targets } as nested lists, or what sequenceDataset of @hurwitz/datasets takes.';
    throw new TrainingError('train', 'data to be sequences with targets', described(data), fix);
  }
  if ('batch' in data) return checked(data);
  if ('encoding' in data) return data;
  return Array.isArray(data.inputs)
    ? fromNested(data as NestedSequences)
    : sequenceDataset(data as SequenceDatasetOptions);
}

function checked(source: BatchSource): BatchSource {
  const { batch, batchesPerEpoch } = source;
  if (typeof batch === 'function' && Number.isSafeInteger(batchesPerEpoch) && batchesPerEpoch > 0)
    return source;
  const fix = 'Pass batch(epoch, index) and how many there are in an epoch.';
  throw new TrainingError('train', 'data with batch and batchesPerEpoch', described(batchesPerEpoch), fix);
}

function fromNested({ inputs, targets, classes }: NestedSequences): SequenceDataset {
  const [size, steps = 0, inputDim = 0] = shapeOf('inputs', inputs, 3);
  const [answers, ...targetShape] = shapeOf('targets', targets);
  if (answers !== size) {
    const got = `${size} sequences and ${answers} targets`;
    throw new TrainingError('train', 'a target for each sequence', got, 'Check the lengths of both lists.');
  }
  const flat = Float32Array.from(targets.flat(2) as number[]);
  return sequenceDataset({
    inputs: Float32Array.from(inputs.flat(2)),
    shape: [size, steps, inputDim],
    targets: classes === undefined ? flat : Int32Array.from(flat),
    targetShape,
    ...(classes !== undefined && { classes }),
  });
}

/** The shape of nested lists. @throws TrainingError unless all lists of a level are of one length. */
function shapeOf(name: string, value: unknown, rank?: number): [number, ...number[]] {
  const shape: number[] = [];
  let level = [value];
  while (Array.isArray(level[0])) {
    const lengths = new Set(level.map((each) => (Array.isArray(each) ? each.length : -1)));
    if (lengths.size > 1 || lengths.has(0)) {
      const got = `${[...lengths].map((length) => (length < 0 ? 'a number' : length)).join(', ')} at level ${shape.length + 1}`;
      throw new TrainingError(
        'train',
        `${name} as lists of one length at each level`,
        got,
        'Pad or cut the sequences.',
      );
    }
    shape.push(level[0].length);
    level = level.flat();
  }
  if (shape.length > 0 && (rank === undefined || shape.length === rank))
    return shape as [number, ...number[]];
  const expected = rank === 3 ? `${name} as [sequence][step][number]` : `${name} as a list`;
  throw new TrainingError(
    'train',
    expected,
    `${shape.length} levels of lists`,
    'Put a number a step into a list of one.',
  );
}
