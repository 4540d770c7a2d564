import { copyMemory, copyMemoryBaseline } from '@hurwitz/datasets';
import { readoutStage } from '../models/readout-stage.js';
import type { BaseConfig } from '../options/base-config.js';
import { readoutInit, recurrentOptions, stable } from '../options/model-options.js';
import { length } from '../options/task-options.js';
import { baselineSection } from './baseline-section.js';
import { generatedSequences, generatedSplits } from './generated-splits.js';
import { defineTask, type Task } from './task.js';

/** The copy-memory problem: symbols to repeat after a delay. */
async function copyMemoryTask(config: BaseConfig & { length: number }): Promise<Task> {
  const { length: delay, seed } = config;
  const data = generatedSplits((range) => copyMemory({ delay, seed, ...range }));
  return {
    title: `Copy memory, delay ${delay}`,
    trainingSequences: data.train.size,
    stages: [async () => readoutStage(config, data, { returnSequences: true })],
    sections: async (results) => [
      baselineSection(results, {
        metric: 'loss',
        baseline: copyMemoryBaseline({ delay }),
        meaning: 'no memory',
      }),
    ],
  };
}

/** Symbols and blanks around the delay. */
const besideDelay = 20;

export const copyMemoryProblem = defineTask({
  name: 'copy-memory',
  about: 'symbols to repeat after a delay; needs no data',
  options: { ...recurrentOptions, readoutInit, stable, length },
  defaults: { length: 20, epochs: 5, learningRate: 0.002, epsilon: 0.1 },
  sizes: ({ length }) => {
    const steps = length + besideDelay;
    return { steps, inputs: 10, outputs: 9 * steps, data: generatedSequences * steps * 2 };
  },
  build: copyMemoryTask,
});
