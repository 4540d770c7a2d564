import { describe, requireList, requireText } from './checks.js';
import { DatasetError } from './errors.js';
import { requireDataset, type SequenceDataset } from './sequence-dataset.js';

/** Expanded examples, ready for `tf.tensor(inputs, inputShape)`. The arrays are fresh: keep or change them freely. */
export interface SequenceBatch {
  /** Vectors as float32 [size, steps, inputDim], tokens as int32 [size, steps]; row by row. */
  readonly inputs: Float32Array | Int32Array;
  readonly inputShape: number[];
  /** Class labels as int32, real values as float32; [size, ...targetShape]. */
  readonly targets: Int32Array | Float32Array;
  readonly targetShape: number[];
}

/**
 * The examples `rows` of a data set, in that order, as a data set. The stored numbers are shared, not copied.
 *
 * @throws {DatasetError} if there are no rows, one is not an example of `dataset`, or that is no data set.
 */
export function subset(
  dataset: SequenceDataset,
  rows: ArrayLike<number>,
  name: string = dataset?.name,
): SequenceDataset {
  requireDataset('subset', dataset);
  requireRows('subset', dataset, rows);
  requireText('subset', 'name', name);
  return {
    ...dataset,
    name,
    size: rows.length,
    rows: Int32Array.from(rows, (row) => dataset.rows?.[row] ?? row),
  };
}

/**
 * Expands the examples `rows` of a data set into one batch.
 *
 * @throws {DatasetError} if there are no rows, one is not an example of `dataset`, or that is no data set.
 */
export function gather(dataset: SequenceDataset, rows: ArrayLike<number>): SequenceBatch {
  requireDataset('gather', dataset);
  requireRows('gather', dataset, rows);
  const { steps, inputDim, encoding, targetShape } = dataset;
  const exampleShape = encoding.kind === 'tokens' ? [steps] : [steps, inputDim];
  const width = encoding.kind === 'tokens' ? steps : steps * inputDim;
  const InputArray = encoding.kind === 'tokens' ? Int32Array : Float32Array;
  const inputs = new InputArray(rows.length * width);
  const targetLength = targetShape.reduce((product, extent) => product * extent, 1);
  const TargetArray = dataset.classes === undefined ? Float32Array : Int32Array;
  const targets = new TargetArray(rows.length * targetLength);
  for (let i = 0; i < rows.length; i++) {
    const row = dataset.rows?.[rows[i]!] ?? rows[i]!;
    const example = inputs.subarray(i * width, (i + 1) * width);
    if (encoding.kind === 'one-hot') expandSymbols(dataset, row, encoding.depth, example);
    else expandValues(dataset, row, encoding.kind === 'linear' ? encoding : asStored, example);
    targets.set(dataset.targets.subarray(row * targetLength, (row + 1) * targetLength), i * targetLength);
  }
  return {
    inputs,
    inputShape: [rows.length, ...exampleShape],
    targets,
    targetShape: [rows.length, ...targetShape],
  };
}

/** The linear encoding of tokens. */
const asStored = { scale: 1, offset: 0 } as const;

function expandValues(
  { inputs, order }: SequenceDataset,
  row: number,
  { scale, offset }: { scale: number; offset: number },
  out: Float32Array | Int32Array,
): void {
  const start = row * out.length;
  for (let p = 0; p < out.length; p++) {
    out[p] = inputs[start + (order === undefined ? p : order[p]!)]! * scale + offset;
  }
}

function expandSymbols(
  { inputs, order, steps }: SequenceDataset,
  row: number,
  depth: number,
  out: Float32Array | Int32Array,
) {
  for (let t = 0; t < steps; t++) {
    out[t * depth + inputs[row * steps + (order === undefined ? t : order[t]!)]!] = 1;
  }
}

function requireRows(where: string, dataset: SequenceDataset, rows: ArrayLike<number>): void {
  requireList(where, 'rows', rows);
  const bad = Array.prototype.find.call(
    rows,
    (row: number) => !(Number.isInteger(row) && row >= 0 && row < dataset.size),
  );
  if (rows.length > 0 && bad === undefined) return;
  throw new DatasetError(
    where,
    `at least one row, each an integer from 0 to ${dataset.size - 1}`,
    rows.length === 0 ? 'none' : describe(bad),
    `${dataset.name} has ${dataset.size} examples`,
  );
}
