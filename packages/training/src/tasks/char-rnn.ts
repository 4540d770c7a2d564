import { linearCrossEntropy } from '@hurwitz/cells';
import { type CharacterSequences, characterSequences } from '@hurwitz/datasets';
import { loadWarAndPeace } from '@hurwitz/datasets/node';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import { UserError } from '../errors.js';
import type { Stage } from '../loop/stage.js';
import { readoutStage } from '../models/readout-stage.js';
import type { BaseConfig } from '../options/base-config.js';
import { readoutInit, recurrentOptions, stable } from '../options/model-options.js';
import { dataDir, length } from '../options/task-options.js';
import { defineTask, type Section, type Task, type TaskResults } from './task.js';

/** The next character of War and Peace, as in Vogt et al. (2022). */
async function charRnnTask(config: BaseConfig & { length: number; dataDir?: string }): Promise<Task> {
  if (config.dataDir === undefined) {
    throw new UserError(
      'char-rnn needs --data-dir, the folder of War and Peace as input.txt, plain or gzip.',
    );
  }
  const { length } = config;
  const data = characterSequences(await loadWarAndPeace(config.dataDir), { name: 'War and Peace', length });
  return {
    title: `War and Peace, ${length} characters at a time`,
    trainingSequences: data.train.size,
    stages: [async () => charRnnStage(config, data)],
    sections: async ({ results }) => [resultSection(results, data)],
  };
}

/**
 * A recurrent layer that reads characters and a readout of the next one at every step. Training goes around the model, from the
 * states to the loss, which is several times as fast as through its logits.
 */
export function charRnnStage(config: BaseConfig, data: CharacterSequences): Stage {
  const { correct: _, ...stage } = readoutStage(config, data, {
    returnSequences: true,
    select: { metric: 'loss', better: 'smaller' },
  });
  const { model, layer } = stage;
  const below = config.dropout > 0 ? [layer, model.getLayer('dropout')] : [layer];
  const [kernel, bias] = model.getLayer('readout').weights as [LayerVariable, LayerVariable];
  return {
    ...stage,
    outputs: (inputs) => {
      const states = below.reduce(
        (x, each) => each.apply(x, { training: true }) as tf.Tensor,
        inputs as tf.Tensor,
      );
      return tf.reshape(states, [-1, config.units]);
    },
    loss: (states, targets) =>
      linearCrossEntropy(states as tf.Tensor2D, tf.reshape(targets, [-1]) as tf.Tensor1D, {
        kernel: kernel.read() as tf.Tensor2D,
        bias: bias.read() as tf.Tensor1D,
      }),
  };
}

function resultSection(results: TaskResults['results'], { vocabulary, test }: CharacterSequences): Section {
  const rows = Object.entries(results).map(([name, { loss = Number.NaN, accuracy = Number.NaN }]) => [
    name,
    loss.toPrecision(4),
    (loss / Math.LN2).toPrecision(4),
    `${(100 * accuracy).toFixed(2)}%`,
  ]);
  const characters = (test.size * test.steps).toLocaleString('en');
  return {
    title: 'Result on the last tenth of the text',
    text: `Of ${vocabulary.length} characters; measured once on ${characters}, with the weights of the epoch that was best on the validation text.`,
    table: { columns: ['cell', 'cross-entropy (nats)', 'bits per character', 'right'], rows },
  };
}

export const charRnn = defineTask({
  name: 'char-rnn',
  about: 'the next character of War and Peace',
  options: { ...recurrentOptions, readoutInit, stable, length, dataDir },
  defaults: { cell: 'lstm', length: 100, epochs: 5, learningRate: 0.002, epsilon: 0.1 },
  sizes: ({ length }) => ({ steps: length, inputs: 1, outputs: 0, data: 0 }),
  build: charRnnTask,
});
