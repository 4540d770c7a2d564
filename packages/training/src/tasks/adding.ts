import { addingProblem, addingProblemBaseline } from '@hurwitz/datasets';
import { readoutStage } from '../models/readout-stage.js';
import type { BaseConfig } from '../options/base-config.js';
import { readoutInit, recurrentOptions, stable } from '../options/model-options.js';
import { length } from '../options/task-options.js';
import { baselineSection } from './baseline-section.js';
import { generatedSequences, generatedSplits } from './generated-splits.js';
import { defineTask, type Task } from './task.js';

/** The adding problem: the sum of the two marked numbers of a long sequence. */
export async function addingTask(config: BaseConfig & { length: number }): Promise<Task> {
  const { length, seed } = config;
  const data = generatedSplits((range) => addingProblem({ steps: length, seed, ...range }));
  return {
    title: `The adding problem, ${length} steps`,
    trainingSequences: data.train.size,
    stages: [async () => readoutStage(config, data, { returnSequences: false })],
    sections: async (results) => [
      baselineSection(results, {
        metric: 'mse',
        baseline: addingProblemBaseline,
        meaning: 'always answering 1',
      }),
    ],
  };
}

export const adding = defineTask({
  name: 'adding',
  about: 'the sum of the two marked numbers of a sequence; needs no data',
  options: { ...recurrentOptions, readoutInit, stable, length },
  defaults: { length: 100, batchSize: 50, epochs: 5, learningRate: 0.002, epsilon: 0.1 },
  sizes: ({ length }) => ({
    ...{ steps: length, inputs: 2, outputs: 1 },
    data: generatedSequences * length * 2 * Float32Array.BYTES_PER_ELEMENT,
  }),
  build: addingTask,
});
