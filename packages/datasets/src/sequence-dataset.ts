import {
  describe,
  readOptions,
  requireChoice,
  requireFlag,
  requireInteger,
  requireList,
  requireNumbers,
  requireObject,
  requireSizes,
  requireText,
} from './checks.js';
import { DatasetError } from './errors.js';

/** How stored numbers become the features of a step. */
export type InputEncoding =
  /** feature = scale * stored + offset, one feature per stored number. */
  | { readonly kind: 'linear'; readonly scale: number; readonly offset: number }
  /** Every step stores one symbol 0, ..., depth - 1, and becomes a vector with a single 1. */
  | { readonly kind: 'one-hot'; readonly depth: number }
  /** Every step stores one symbol 0, ..., vocabularySize - 1, and is given as it is. */
  | { readonly kind: 'tokens'; readonly vocabularySize: number };

/**
 * Sequences with their targets, stored compactly (images as bytes) and expanded to float32 one batch at a time
 * by `gather`. Plain data: made by the loaders and generators here, or from your own arrays by `sequenceDataset`.
 */
export interface SequenceDataset {
  readonly name: string;
  /** How many examples. */
  readonly size: number;
  /** Steps of every sequence. */
  readonly steps: number;
  /** Features of every step, after the encoding; of tokens, the size of their vocabulary. */
  readonly inputDim: number;
  /** The stored inputs, example after example, step after step. Subsets share it. */
  readonly inputs: Uint8Array | Int32Array | Float32Array;
  readonly encoding: InputEncoding;
  /** Position p of an expanded example reads stored position `order[p]`; without it, p itself. */
  readonly order?: Int32Array;
  /** Example i is stored example `rows[i]`; without it, i itself. */
  readonly rows?: Int32Array;
  /** The stored targets, example after example: integers for class labels, float32 for values. */
  readonly targets: Uint8Array | Int32Array | Float32Array;
  /** Shape of one example's target: [] is one label or number, [steps] one label per step, and so on. */
  readonly targetShape: readonly number[];
  /** Number of classes when the targets are labels 0, ..., classes - 1; undefined when they are real values. */
  readonly classes?: number;
}

/** What `sequenceDataset` takes. */
export interface SequenceDatasetOptions {
  name?: string;
  /** The stored numbers: size x steps x inputDim of them, or size x steps symbols with `oneHot` or `tokens`. */
  inputs: Uint8Array | Int32Array | Float32Array;
  /** [size, steps, inputDim]; with `oneHot` or `tokens`, inputDim is the number of symbols. */
  shape: readonly [size: number, steps: number, inputDim: number];
  targets: Uint8Array | Int32Array | Float32Array;
  /** Shape of one example's target. */
  targetShape?: readonly number[];
  /** Set it when the targets are labels. */
  classes?: number;
  /** feature = scale * stored + offset */
  scale?: number;
  offset?: number;
  /** Stored inputs are symbols 0, ..., inputDim - 1, expanded to one-hot vectors. */
  oneHot?: boolean;
  /** Stored inputs are such symbols too, and stay numbers: batches are int32 [size, steps], for layers that gather. */
  tokens?: boolean;
  /** A permutation of the stored positions of one example. */
  order?: ArrayLike<number>;
}

/**
 * Makes a data set from your own arrays, which it keeps without copying.
 *
 * @example
 * // 3 sequences of 4 steps with 2 features, each with one of 5 labels
 * sequenceDataset({ inputs: new Float32Array(24), shape: [3, 4, 2], targets: Uint8Array.of(0, 4, 1), classes: 5 });
 *
 * @throws {DatasetError} if the arrays do not have the sizes that the shapes announce, a label or symbol is out of
 *   range, `order` is no permutation, or a number is not finite.
 */
export function sequenceDataset(options: SequenceDatasetOptions): SequenceDataset {
  const {
    name = 'sequences',
    inputs,
    shape,
    targets,
    targetShape = [],
    classes,
    scale = 1,
    offset = 0,
    oneHot = false,
    tokens = false,
    order,
  } = readOptions(where, options, optionNames);
  requireText(where, 'name', name);
  requireStored('inputs', inputs);
  requireStored('targets', targets);
  requireShape(shape);
  requireSizes(where, 'targetShape', targetShape, 1);
  requireFlag(where, 'oneHot', oneHot);
  requireFlag(where, 'tokens', tokens);
  const [size, steps, inputDim] = shape;
  if (oneHot && tokens) {
    throw new DatasetError(
      where,
      'oneHot or tokens',
      'both',
      'Choose one: they are two forms of the same symbols',
    );
  }
  const symbols = oneHot || tokens;
  const stored = steps * (symbols ? 1 : inputDim);
  requireLength('inputs', inputs, size * stored);
  requireLength('targets', targets, extentOf(targetShape, size));
  if (classes !== undefined) {
    requireInteger(where, 'classes', classes, 1);
    requireLabels('targets', targets, classes);
  } else {
    requireFinite('targets', targets);
  }
  if (symbols) requireLabels('inputs', inputs, inputDim);
  else requireFinite('inputs', inputs);
  requireFinite('scale and offset', [scale, offset]);
  return {
    name,
    size,
    steps,
    inputDim,
    inputs,
    encoding: encodingOf({ oneHot, tokens, inputDim, scale, offset }),
    ...(order !== undefined && { order: toPermutation(where, order, stored) }),
    targets,
    targetShape: [...targetShape],
    ...(classes !== undefined && { classes }),
  };
}

const where = 'sequenceDataset';

const optionNames = [
  'name',
  'inputs',
  'shape',
  'targets',
  'targetShape',
  'classes',
  'scale',
  'offset',
  'oneHot',
  'tokens',
  'order',
] as const;

/** The product of some sizes. */
const extentOf = (sizes: readonly number[], first = 1): number =>
  sizes.reduce((product, extent) => product * extent, first);

const isStored = (values: unknown): boolean =>
  values instanceof Uint8Array || values instanceof Int32Array || values instanceof Float32Array;

function requireStored(name: string, values: unknown): void {
  if (isStored(values)) return;
  throw new DatasetError(
    where,
    `${name} to be a Uint8Array, Int32Array or Float32Array`,
    describe(values),
    'Copy the numbers into one of these',
  );
}

function requireShape(shape: SequenceDatasetOptions['shape']): void {
  requireList(where, 'shape', shape);
  if (shape.length !== 3) {
    throw new DatasetError(where, 'shape to be [size, steps, inputDim]', describe(shape), 'Give these three');
  }
  for (const [i, label] of ['size', 'steps', 'inputDim'].entries()) {
    requireInteger(where, `${label} in shape`, shape[i]!, 1);
  }
}

/**
 * Throws unless `dataset` is one: its arrays and sizes fit together. Values are checked where data sets are made.
 *
 * @throws {DatasetError} that names the first thing that does not fit.
 */
export function requireDataset(where: string, dataset: SequenceDataset): void {
  const { size, steps, inputDim, inputs, encoding, order, rows, targets, targetShape } = requireObject(
    where,
    'dataset',
    dataset,
  );
  for (const [name, value] of Object.entries({ size, steps, inputDim })) {
    requireInteger(where, `dataset.${name}`, value, 1);
  }
  requireObject(where, 'dataset.encoding', encoding);
  requireChoice(where, 'dataset.encoding.kind', encoding.kind, ['linear', 'one-hot', 'tokens']);
  requireSizes(where, 'dataset.targetShape', targetShape, 1);
  const width = encoding.kind === 'linear' ? steps * inputDim : steps;
  const stored = isStored(inputs) ? inputs.length / width : Number.NaN;
  const fits =
    isStored(targets) &&
    Number.isInteger(stored) &&
    targets.length === extentOf(targetShape, stored) &&
    size === (rows === undefined ? stored : rows?.length) &&
    (order === undefined || order?.length === width);
  if (fits) return;
  throw new DatasetError(
    where,
    `dataset to hold ${size} sequences of ${width} stored numbers, with their targets`,
    `inputs ${describe(inputs)}, targets ${describe(targets)}`,
    'Make data sets by sequenceDataset, subset or the loaders and generators',
  );
}

function encodingOf({
  oneHot,
  tokens,
  inputDim,
  scale,
  offset,
}: Record<'oneHot' | 'tokens', boolean> & Record<'inputDim' | 'scale' | 'offset', number>): InputEncoding {
  if (tokens) return { kind: 'tokens', vocabularySize: inputDim };
  return oneHot ? { kind: 'one-hot', depth: inputDim } : { kind: 'linear', scale, offset };
}

/**
 * `order` as an Int32Array.
 *
 * @throws {DatasetError} unless it holds each of 0, ..., length - 1 exactly once.
 */
export function toPermutation(where: string, order: ArrayLike<number>, length: number): Int32Array {
  requireList(where, 'order', order);
  const seen = new Uint8Array(length);
  const fail = (got: string): never => {
    throw new DatasetError(
      where,
      `a permutation of 0, ..., ${length - 1}`,
      got,
      'Give every position exactly once; randomPermutation(length, seed) makes one',
    );
  };
  if (order.length !== length) fail(`${order.length} values`);
  for (let i = 0; i < length; i++) {
    const position = order[i]!;
    if (seen[position] === undefined) fail(`${describe(position)} at place ${i}`);
    if (seen[position] === 1) fail(`${position} a second time at place ${i}`);
    seen[position] = 1;
  }
  return Int32Array.from(order);
}

function requireLength(name: string, values: ArrayLike<number>, length: number): void {
  if (values.length === length) return;
  throw new DatasetError(
    where,
    `${length} numbers in ${name}`,
    `${values.length}`,
    'Make the shape and the array agree',
  );
}

/** Bytes need no look. */
function requireFinite(name: string, values: ArrayLike<number>): void {
  if (!(values instanceof Uint8Array)) requireNumbers(where, name, values);
}

function requireLabels(name: string, values: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < values.length; i++) {
    const label = values[i]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DatasetError(
      where,
      `every number in ${name} to be one of 0, ..., ${classes - 1}`,
      `${label} at place ${i}`,
      'Correct the labels or the number of classes',
    );
  }
}
