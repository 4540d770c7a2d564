import type { DatasetSplits } from '@hurwitz/datasets';
import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import { loadPixelMnist } from './mnist-data.js';
import { readoutStage } from './readout-stage.js';
import type { Section, Task, TaskResults } from './task.js';

/** Classification of handwritten digits read a few pixels at a time, in the usual or in a permuted order. */
export async function pixelMnistTask(config: Config): Promise<Task> {
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
