import type { DatasetSplits } from '@hurwitz/datasets';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { DatasetFeed, firstInputs, meanOver, toTensors } from '../data/dataset-feed.js';
import type { Stage } from '../loop/stage.js';
import { counted } from '../number-text.js';
import type { BaseConfig } from '../options/base-config.js';
import { correctCount, crossEntropySum, squaredErrorSum } from './losses.js';
import { PlacedDropout } from './placed-dropout.js';
import { initialiseUniformly, recurrentLayer, stateSequence } from './recurrent-layer.js';

/** Without gradients there is room for more sequences at a time. */
const evaluationBatch = 500;

/**
 * A recurrent layer and a dense readout of its last state, or of every state: classes when the targets are labels,
 * else as many numbers as a target has. Dropout, where it is asked for, is on what the readout gets.
 */
export function readoutStage(
  config: BaseConfig,
  { train, validation, test }: DatasetSplits,
  { returnSequences, select }: { returnSequences: boolean; select?: Stage['select'] },
): Stage {
  const vocabularySize = train.encoding.kind === 'tokens' ? train.inputDim : undefined;
  const layer = recurrentLayer(config, { returnSequences, name: config.cell, vocabularySize });
  const numbers = returnSequences ? train.targetShape[1] : train.targetShape[0];
  const readout = tfl.layers.dense({
    ...readoutInitializers(config),
    units: train.classes ?? numbers ?? 1,
    name: 'readout',
  });
  const input = tfl.layers.inputLayer(
    vocabularySize === undefined
      ? { inputShape: [train.steps, train.inputDim] }
      : { inputShape: [train.steps], dtype: 'int32' },
  );
  const dropout =
    config.dropout > 0 ? new PlacedDropout({ rate: config.dropout, seed: config.seed }) : undefined;
  const model = tfl.sequential({
    layers: [input, layer, ...(dropout === undefined ? [] : [dropout.layer]), readout],
  });
  if (config.initRange !== undefined) {
    initialiseUniformly(layer, { range: config.initRange, seed: config.seed });
  }
  const feed = new DatasetFeed(train, config);
  return {
    name: config.cell,
    title: `${config.cell}, ${counted(config.units, 'unit')}, ${model.countParams().toLocaleString('en')} parameters`,
    model,
    layer,
    batchesPerEpoch: feed.batchesPerEpoch,
    batch: (epoch, index) => {
      dropout?.moveTo(epoch, index);
      return toTensors(feed.at(epoch, index));
    },
    testInputs: (count) => firstInputs(test, count),
    states: (inputs) => stateSequence(layer, inputs as tf.Tensor),
    ...(train.classes === undefined ? regression() : classification()),
    ...(select !== undefined && { select }),
    evaluate: async (split) =>
      meanOver(split === 'test' ? test : validation, evaluationBatch, ({ inputs, targets }) => {
        const outputs = model.apply(inputs) as tf.Tensor;
        return train.classes === undefined
          ? regressionSums(outputs, targets)
          : classificationSums(outputs, targets);
      }),
  };
}

/** Seeds next to the recurrent layer's: draws of their own. */
function readoutInitializers({ readoutInit, units, seed }: BaseConfig) {
  if (readoutInit === 'glorot') {
    return { kernelInitializer: tfl.initializers.glorotUniform({ seed: seed + 1 }) };
  }
  const bound = 1 / Math.sqrt(units);
  const linear = (seed: number) => tfl.initializers.randomUniform({ minval: -bound, maxval: bound, seed });
  return { kernelInitializer: linear(seed + 1), biasInitializer: linear(seed + 2) };
}

/** Targets in one example. */
const perExample = (targets: tf.Tensor): number => targets.size / (targets.shape[0] as number);

function classificationSums(logits: tf.Tensor, labels: tf.Tensor): Record<'loss' | 'accuracy', tf.Scalar> {
  return {
    loss: tf.div(crossEntropySum(logits, labels), perExample(labels)),
    accuracy: tf.div(correctCount(logits, labels), perExample(labels)),
  };
}

function regressionSums(outputs: tf.Tensor, targets: tf.Tensor): Record<'mse', tf.Scalar> {
  return { mse: tf.div(squaredErrorSum(outputs, targets), perExample(targets)) };
}

function classification(): Pick<Stage, 'loss' | 'correct' | 'select'> {
  return {
    loss: (logits, labels) => tf.div(crossEntropySum(logits, labels), labels.size),
    correct: (logits, labels) => tf.div(correctCount(logits, labels), perExample(labels)),
    select: { metric: 'accuracy', better: 'larger' },
  };
}

function regression(): Pick<Stage, 'loss' | 'select'> {
  return {
    loss: (outputs, targets) => tf.div(squaredErrorSum(outputs, targets), targets.size),
    select: { metric: 'mse', better: 'smaller' },
  };
}
