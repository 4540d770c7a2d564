import type { SequenceDataset } from '@hurwitz/datasets';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { DatasetFeed, meanOver, toTensors } from '../data/dataset-feed.js';
import {
  type BatchSource,
  type Learner,
  lossOf,
  type ModelLearner,
  type WeightsLearner,
} from '../loop/learner.js';
import type { Judge } from '../loop/stage.js';
import { correctCount, crossEntropySum, squaredErrorSum } from '../models/losses.js';
import { isLayersModel } from './check-options.js';

/** The mean loss of a batch of outputs against its targets. */
export type BatchLoss = ModelLearner['loss'];

/** Without gradients there is room for more sequences at a time. */
const measuredBatch = 500;

interface UserData {
  data: SequenceDataset | BatchSource;
  validation?: SequenceDataset;
  test?: SequenceDataset;
  loss?: BatchLoss;
  batchSize: number;
  seed: number;
}

/** A user's model and data as what the loop trains. */
export function userStage(
  model: LayersModel | WeightsLearner,
  { data, validation, test, loss, batchSize, seed }: UserData,
): Learner & BatchSource & Judge & { name: string } {
  const classes = 'batch' in data ? undefined : data.classes;
  const learner: Learner = isLayersModel(model)
    ? { model, ...(classes === undefined ? regression : classification), ...(loss !== undefined && { loss }) }
    : model;
  const held = { validation, test };
  return {
    ...learner,
    ...('batch' in data ? data : feedOf(data, { batchSize, seed })),
    name: 'model',
    select: { metric: 'loss', better: 'smaller' },
    evaluate: async (split) => {
      const dataset = held[split];
      return dataset === undefined ? {} : meanOver(dataset, measuredBatch, (batch) => sumsOf(learner, batch));
    },
  };
}

function feedOf(data: SequenceDataset, order: { batchSize: number; seed: number }): BatchSource {
  const feed = new DatasetFeed(data, order);
  return {
    batchesPerEpoch: feed.batchesPerEpoch,
    batch: (epoch, index) => toTensors(feed.at(epoch, index)),
  };
}

function sumsOf(learner: Learner, batch: Parameters<typeof lossOf>[1]): Record<string, tf.Scalar> {
  const { loss, correct } = lossOf(learner, batch, { training: false });
  return {
    loss: tf.mul(loss, batch.targets.shape[0]!),
    ...(correct !== undefined && { accuracy: correct }),
  };
}

/** Targets in one example. */
const perExample = (targets: tf.Tensor): number => targets.size / (targets.shape[0] as number);

const classification: Pick<ModelLearner, 'loss' | 'correct'> = {
  loss: (logits, labels) => tf.div(crossEntropySum(logits, labels), labels.size),
  correct: (logits, labels) => tf.div(correctCount(logits, labels), perExample(labels)),
};

const regression: Pick<ModelLearner, 'loss'> = {
  loss: (outputs, targets) => tf.div(squaredErrorSum(outputs, targets), targets.size),
};
