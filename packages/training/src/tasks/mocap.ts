import { type MotionSequences, motionSequences } from '@hurwitz/datasets';
import { loadCmuMocap } from '@hurwitz/datasets/node';
import { UserError } from '../errors.js';
import type { Stage } from '../loop/stage.js';
import { readoutStage } from '../models/readout-stage.js';
import type { BaseConfig } from '../options/base-config.js';
import { readoutInit, recurrentOptions } from '../options/model-options.js';
import { dataDir, length } from '../options/task-options.js';
import { defineTask, type Section, type Task, type TaskResults } from './task.js';

/** The next pose of people who walk, jump or direct the traffic, as in Vogt et al. (2022). */
async function mocapTask(config: BaseConfig & { length: number; dataDir?: string }): Promise<Task> {
  if (config.dataDir === undefined) {
    throw new UserError(
      'mocap needs --data-dir, the folder of the CMU motions: train and test, or cmu-mocap.tar.gz with both.',
    );
  }
  const { length: steps } = config;
  const data = motionSequences(await loadCmuMocap(config.dataDir), { steps });
  return {
    title: `CMU motion capture, ${steps} poses at a time`,
    trainingSequences: data.train.size,
    stages: [async () => mocapStage(config, data)],
    sections: async ({ results }) => [resultSection(results, data)],
  };
}

/** A recurrent layer that reads poses and a readout of the next one at every step. */
export function mocapStage(config: BaseConfig, data: MotionSequences): Stage {
  return readoutStage(config, data, { returnSequences: true });
}

function resultSection(results: TaskResults['results'], { channels, test }: MotionSequences): Section {
  const rows = Object.entries(results).map(([name, { mse = Number.NaN }]) => [name, mse.toPrecision(4)]);
  return {
    title: 'Result on the test clips',
    text: `Of ${channels.length} normalised channels, over ${test.size} sequences.`,
    table: { columns: ['model', 'mean squared error'], rows },
  };
}

export const mocap = defineTask({
  name: 'mocap',
  about: 'the next pose of the CMU motion capture',
  // No projection: the stable set of an LSTM needs a bound on the inputs, and poses have none.
  options: { ...recurrentOptions, readoutInit, length, dataDir },
  defaults: { cell: 'lstm', length: 25, batchSize: 32, epochs: 20, learningRate: 0.002, epsilon: 0.1 },
  sizes: ({ length }) => ({ steps: length, inputs: 1, outputs: length, data: 0 }),
  build: mocapTask,
});
