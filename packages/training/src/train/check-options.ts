import { described, nearest, numberInput, optionsInput } from '@hurwitz/input';
import { type Optimizer, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.js';
import type { WeightsLearner } from '../loop/learner.js';
import { optimizerNames } from '../loop/optimizer.js';
import type { TrainOptions } from './train.js';

const { checkOptions } = optionsInput(TrainingError);
const { checkNumber, checkCounts } = numberInput(TrainingError);

const where = 'train';

/** @throws TrainingError unless `train` can work with the model and the options. */
export function checkTrainOptions(model: LayersModel | WeightsLearner, options: TrainOptions): void {
  checkModel(model);
  checkOptions(where, options, {
    ...{ data: true, validation: true, test: true, loss: true, epochs: true, batchSize: true },
    ...{ optimizer: true, learningRate: true, learningRateAt: true, clipNorm: true, seed: true },
    ...{ folder: true, checkpointEvery: true, hooks: true, signal: true, warn: true },
  });
  const {
    epochs = 1,
    batchSize = 1,
    checkpointEvery = 1,
    seed = 1,
    learningRate = 1,
    clipNorm = 1,
  } = options;
  checkCounts(where, { epochs, batchSize, checkpointEvery });
  checkNumber(where, 'seed', seed, { least: 0, integer: true });
  checkNumber(where, 'learningRate', learningRate, { above: 0 });
  checkNumber(where, 'clipNorm', clipNorm, { above: 0 });
  checkOptimizer(options);
  if (!isLayersModel(model) && options.loss !== undefined) {
    throw new TrainingError(where, 'one loss', 'loss beside weights that have their own', 'Leave loss out.');
  }
  for (const name of ['loss', 'learningRateAt', 'warn'] as const) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === 'function') continue;
    throw new TrainingError(where, `${name} to be a function`, described(value), `Change ${name}.`);
  }
  const { folder, hooks = [] } = options;
  if (folder !== undefined && (typeof folder !== 'string' || folder === '')) {
    throw new TrainingError(
      where,
      'folder to be a path',
      described(folder),
      'Name a folder, or leave it out.',
    );
  }
  if (!Array.isArray(hooks)) {
    throw new TrainingError(where, 'hooks to be a list', described(hooks), 'Put a single hook into [ ].');
  }
}

export function isLayersModel(model: LayersModel | WeightsLearner): model is LayersModel {
  return typeof (model as LayersModel).apply === 'function' && 'trainableWeights' in model;
}

function checkModel(model: LayersModel | WeightsLearner): void {
  const got: unknown = model;
  const expected = 'a model of tf.layers, or { weights, loss(batch) }';
  const fix =
    'Pass tf.sequential(...), tf.model(...), or variables with a function that gives their mean loss.';
  if (typeof got !== 'object' || got === null) throw new TrainingError(where, expected, described(got), fix);
  if (isLayersModel(model)) {
    if (model.trainableWeights.length > 0) return;
    throw new TrainingError(
      where,
      'weights to train',
      'a model without any',
      'Build the model: give its first layer an inputShape.',
    );
  }
  const { weights, loss } = model as Partial<WeightsLearner>;
  if (!Array.isArray(weights) || typeof loss !== 'function') {
    throw new TrainingError(where, expected, described(got), fix);
  }
  const wrong = weights.findIndex((weight) => !(weight instanceof Variable));
  if (weights.length > 0 && wrong < 0) return;
  const what = weights.length === 0 ? 'none' : `${described(weights[wrong])} at weights[${wrong}]`;
  throw new TrainingError(where, 'weights made by tf.variable', what, fix);
}

function checkOptimizer({ optimizer, learningRate }: TrainOptions): void {
  if (optimizer === undefined || optimizerNames.some((name) => name === optimizer)) return;
  if (typeof optimizer === 'string') {
    const fix = `Did you mean '${nearest(optimizer, optimizerNames)}'?`;
    throw new TrainingError(where, `optimizer among ${optimizerNames.join(', ')}`, `'${optimizer}'`, fix);
  }
  if (typeof (optimizer as Optimizer | null)?.applyGradients !== 'function') {
    throw new TrainingError(
      where,
      'an optimizer of tf.train, or its name',
      described(optimizer),
      "Pass 'adam'.",
    );
  }
  if (learningRate === undefined) return;
  const fix = 'Leave learningRate out, or name the optimizer.';
  throw new TrainingError(
    where,
    'one learning rate',
    'learningRate beside an optimizer that has its own',
    fix,
  );
}
