import { type DatasetSplits, publishedPermutations } from '@hurwitz/datasets';
import { z } from 'zod';
import { epsilon } from '../../cells/shared-options.js';
import { UserError } from '../../errors.js';
import { readoutStage } from '../../models/readout-stage.js';
import type { BaseConfig } from '../../options/base-config.js';
import { readoutInit, recurrentOptions, stable } from '../../options/model-options.js';
import { count, option, type ValuesOf } from '../../options/option.js';
import { dataDir } from '../../options/task-options.js';
import { defineTask, type Section, type Task, type TaskResults } from '../task.js';
import { loadPixelMnist } from './mnist-data.js';
import { presets } from './presets.js';

/** `none` reads the pixels in order, `seeded` in an order drawn from the seed. */
const permutationNames = ['none', 'seeded', ...Object.keys(publishedPermutations)];

const options = {
  ...recurrentOptions,
  readoutInit,
  stable,
  dataDir,
  pixelsPerStep: option(count, {
    kind: 'number',
    group: 'Task',
    about: 'pixel-mnist: pixels read at each time step',
    default: 1,
  }),
  permutation: option(z.enum(permutationNames), {
    kind: 'name',
    group: 'Task',
    about: `pixel-mnist: ${permutationNames.join(', ')}`,
    default: 'none',
  }),
};

type Config = BaseConfig & ValuesOf<typeof options>;

/** Classification of handwritten digits read a few pixels at a time, in the usual or in a permuted order. */
async function pixelMnistTask(config: Config): Promise<Task> {
  if (config.dataDir === undefined) {
    throw new UserError(
      'pixel-mnist needs --data-dir, the folder of the four MNIST files. To get them: hurwitz data fetch mnist --data-dir data/mnist',
    );
  }
  const splits = await loadPixelMnist(config, config.dataDir);
  const order = config.permutation === 'none' ? 'ordered' : `permuted (${config.permutation})`;
  return {
    title: `MNIST, ${order}, ${config.pixelsPerStep} pixel${config.pixelsPerStep === 1 ? '' : 's'} per step`,
    trainingSequences: splits.train.size,
    stages: [async () => readoutStage(config, splits, { returnSequences: false })],
    sections: async (results) => [resultSection(splits, results)],
  };
}

function resultSection({ test }: DatasetSplits, { results }: TaskResults): Section {
  const rows = Object.entries(results).map(([name, { accuracy = Number.NaN, loss = Number.NaN }]) => [
    name,
    `${(100 * accuracy).toFixed(2)}%`,
    loss.toPrecision(4),
    String(test.size),
  ]);
  return {
    title: 'Result on the test set',
    text: 'Measured once, with the weights of the epoch that was best on the validation images; the test images took no part in any choice.',
    table: { columns: ['cell', 'accuracy', 'cross-entropy', 'images'], rows },
  };
}

/** Pixels of an image. */
const pixels = 784;

/** Fewer, longer steps: the state evolves about as long over the image, within what Euler stands. */
const longestStep = 0.5;

export const pixelMnist = defineTask({
  name: 'pixel-mnist',
  about: 'the digit in an image of MNIST read a few pixels at a time',
  options,
  defaults: { decayFactor: 0.1, decayEpochs: [7] },
  derived: {
    about: `--epsilon ${epsilon.default} times --pixels-per-step, at most ${longestStep}`,
    of: ({ pixelsPerStep = 1 }) => ({ epsilon: Math.min(epsilon.default! * pixelsPerStep, longestStep) }),
  },
  presets,
  sizes: ({ pixelsPerStep }) => ({
    steps: Math.ceil(pixels / pixelsPerStep),
    inputs: pixelsPerStep,
    outputs: 10,
    data: 0,
  }),
  build: pixelMnistTask,
});
