import {
  type BatchIterator,
  batches,
  gather,
  type SequenceBatch,
  type SequenceDataset,
} from '@hurwitz/datasets';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, Metrics } from '../loop/learner.js';

/** The batches of a data set by position; the usual order, one after the other, costs nothing extra. */
export class DatasetFeed {
  private iterator: BatchIterator;
  private readonly settings: { batchSize: number; seed: number };

  constructor(
    private readonly dataset: SequenceDataset,
    { batchSize, seed }: { batchSize: number; seed: number },
  ) {
    this.settings = { batchSize, seed };
    this.iterator = batches(dataset, this.settings);
  }

  get batchesPerEpoch(): number {
    return this.iterator.batchesPerEpoch;
  }

  at(epoch: number, batch: number): SequenceBatch {
    const next = this.iterator.state();
    if (next.epoch !== epoch || next.batch !== batch) {
      this.iterator = batches(this.dataset, { ...this.settings, resume: { epoch, batch } });
    }
    return this.iterator.next().value as SequenceBatch;
  }
}

/** A batch as tensors: inputs [size, steps, inputDim], or tokens [size, steps]. */
export function toTensors({ inputs, inputShape, targets, targetShape }: SequenceBatch): {
  inputs: tf.Tensor;
  targets: tf.Tensor;
} {
  const dtype = (values: Float32Array | Int32Array) => (values instanceof Int32Array ? 'int32' : 'float32');
  return {
    inputs: tf.tensor(inputs, inputShape, dtype(inputs)),
    targets: tf.tensor(targets, targetShape, dtype(targets)),
  };
}

/** The inputs of the first examples of a data set, [examples, steps, inputDim], or tokens [examples, steps]. */
export function firstInputs(dataset: SequenceDataset, count: number): tf.Tensor {
  const [part] = inOrder(dataset, Math.min(count, dataset.size));
  const { inputs, targets } = toTensors(part as SequenceBatch);
  targets.dispose();
  return inputs;
}

/** A data set in order, in parts of at most `size`, for evaluation. */
export function* inOrder(dataset: SequenceDataset, size: number): Generator<SequenceBatch> {
  for (let first = 0; first < dataset.size; first += size) {
    const length = Math.min(size, dataset.size - first);
    yield gather(
      dataset,
      Int32Array.from({ length }, (_, i) => first + i),
    );
  }
}

/** Sums of per-batch figures over a data set, each divided by the number of examples. */
export function meanOver(
  dataset: SequenceDataset,
  batchSize: number,
  sums: (batch: Batch) => Record<string, tf.Scalar>,
): Metrics {
  const means: Metrics = {};
  for (const part of inOrder(dataset, batchSize)) {
    tf.tidy(() => {
      for (const [name, sum] of Object.entries(sums(toTensors(part)))) {
        means[name] = (means[name] ?? 0) + (sum.dataSync()[0] as number) / dataset.size;
      }
    });
  }
  return means;
}
