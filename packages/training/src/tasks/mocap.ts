import { type MotionSequences, motionSequences } from '@hurwitz/datasets';
import { loadCmuMocap } from '@hurwitz/datasets/node';
import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import type { Stage } from '../loop/stage.js';
import { readoutStage } from './readout-stage.js';
import type { Section, Task, TaskResults } from './task.js';

/** The next pose of people who walk, jump or direct the traffic, as in Vogt et al. (2022). */
export async function mocapTask(config: Config): Promise<Task> {
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
export function mocapStage(config: Config, data: MotionSequences): Stage {
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
