import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Hooks } from '../loop/hooks.js';
import type { Metrics, WeightsLearner } from '../loop/learner.js';
import { type OptimizerName, optimizerOf } from '../loop/optimizer.js';
import { startOfRun } from '../loop/progress.js';
import { trainStage } from '../loop/train-stage.js';
import { savedWeights } from '../loop/weights.js';
import type { MetricsEntry } from '../run/metrics-log.js';
import { checkTrainOptions } from './check-options.js';
import { type Examples, readExamples, type TrainingData } from './training-data.js';
import { memoryStore, withTrainingFolder } from './training-folder.js';
import { type BatchLoss, userStage } from './user-stage.js';

/** What {@link train} takes. */
export interface TrainOptions {
  /** What is learned from: arrays, a data set of `@hurwitz/datasets`, or batches by their place. */
  data: TrainingData;
  /** Held out of training. The weights of the epoch with the smallest loss on it stay; without it those of the last epoch. */
  validation?: Examples;
  /** Measured once, at the end. */
  test?: Examples;
  /** The mean loss over a batch; the cross-entropy of logits where the targets are labels, else the mean squared error. */
  loss?: BatchLoss;
  /** Passes over the data. */
  epochs?: number;
  /** Sequences in a step. */
  batchSize?: number;
  optimizer?: OptimizerName | tf.Optimizer;
  learningRate?: number;
  /** The learning rate in an epoch, from 0, in place of a constant one. */
  learningRateAt?: (epoch: number) => number;
  /** Bound on the joint 2-norm of all gradients. */
  clipNorm?: number;
  /** Decides the order of the sequences in every epoch. */
  seed?: number;
  /** Where checkpoints and metrics are kept. The same call goes on from there after any interruption. */
  folder?: string;
  /** Steps between checkpoints; there is one after every epoch too. */
  checkpointEvery?: number;
  /** Projections, measurements, displays. */
  hooks?: readonly Hooks[];
  /** Abort it to stop at a checkpoint. */
  signal?: AbortSignal;
  /** Told of a damaged checkpoint, in whose place the one before it is used, and of one that another arithmetic computed. */
  warn?: (message: string) => void;
}

/** What came of a training. */
export interface Trained {
  /** Metrics of every epoch. */
  epochs: MetricsEntry[];
  /** The epoch whose weights the model has now, from 0. */
  best: number;
  /** Metrics on the test data. */
  test: Metrics;
}

/**
 * Trains your own model on your own data by gradient descent, and leaves in it the weights of the epoch that validation chose.
 *
 * With a folder, a training that was killed at any moment goes on when the same call is made again, to the same bits: give a
 * fresh model, optimizer and data as before. On another backend or other kernels it goes on to other bits, and `warn` is told. A folder whose training has ended gives its weights and numbers back at once.
 *
 * @param model a model of tf.layers, or your own weights with the loss of a batch.
 * @throws TrainingError on bad options, or a folder of a training with other settings; DivergenceError when a loss or gradient is
 * not finite; Interrupted, after a checkpoint, when the signal is aborted; UserError when the folder cannot be used.
 */
export function train(model: LayersModel, options: TrainOptions): Promise<Trained>;
export function train(model: WeightsLearner, options: TrainOptions): Promise<Trained>;
export async function train(model: LayersModel | WeightsLearner, options: TrainOptions): Promise<Trained> {
  checkTrainOptions(model, options);
  const { epochs = 10, batchSize = 32, seed = 1, learningRate = 0.001, checkpointEvery = 50 } = options;
  const { optimizer: chosen = 'adam', learningRateAt, clipNorm, hooks = [], signal, folder } = options;
  const stage = userStage(model, {
    ...{ batchSize, seed, loss: options.loss, data: readExamples(options.data) },
    validation: options.validation && readExamples(options.validation),
    test: options.test && readExamples(options.test),
  });
  const optimizer = typeof chosen === 'string' ? optimizerOf(chosen, learningRate) : chosen;
  const settings = {
    ...{ batchSize, seed, clipNorm: clipNorm ?? null, batchesPerEpoch: stage.batchesPerEpoch },
    optimizer: { name: optimizer.getClassName(), ...optimizer.getConfig() },
    weights: savedWeights(stage).map(({ shape }) => shape),
  };

  const work = async (kept: ReturnType<typeof memoryStore>): Promise<Trained> => {
    const { store, progress = startOfRun(), saved } = kept;
    const test = await trainStage(
      stage,
      {
        ...{ optimizer, epochs, clipNorm, hooks, store, checkpointEvery, signal },
        ...(learningRateAt !== undefined && { learningRateAt }),
        goOn:
          folder === undefined ? 'Nothing was kept of it.' : `Call train with the folder ${folder} to go on.`,
      },
      { progress, saved },
    );
    return { epochs: kept.entries(progress), best: progress.best?.epoch ?? 0, test };
  };
  try {
    return folder === undefined
      ? await work(memoryStore())
      : await withTrainingFolder(folder, { settings, warn: options.warn }, work);
  } finally {
    if (typeof chosen === 'string') optimizer.dispose();
  }
}
