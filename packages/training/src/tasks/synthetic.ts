import {
  addingProblem,
  addingProblemBaseline,
  copyMemory,
  copyMemoryBaseline,
  type DatasetSplits,
  type SequenceDataset,
} from '@hurwitz/datasets';
import type { Config } from '../config/schema.js';
import { readoutStage } from './readout-stage.js';
import type { Section, Task, TaskResults } from './task.js';

const sizes = { train: 10_000, validation: 1000, test: 1000 } as const;

/** Consecutive examples of one generated problem, so that no two parts share one. */
function splits(problem: (range: { first: number; size: number }) => SequenceDataset): DatasetSplits {
  return {
    train: problem({ first: 0, size: sizes.train }),
    validation: problem({ first: sizes.train, size: sizes.validation }),
    test: problem({ first: sizes.train + sizes.validation, size: sizes.test }),
  };
}

/** The adding problem: the sum of the two marked numbers of a long sequence. */
export async function addingTask(config: Config): Promise<Task> {
  const { length, seed } = config;
  const data = splits((range) => addingProblem({ steps: length, seed, ...range }));
  return {
    title: `The adding problem, ${length} steps`,
    trainingSequences: data.train.size,
    stages: [async () => readoutStage(config, data, { returnSequences: false })],
    sections: async (results) => [
      resultSection(results, {
        metric: 'mse',
        baseline: addingProblemBaseline,
        meaning: 'always answering 1',
      }),
    ],
  };
}

/** The copy-memory problem: symbols to repeat after a delay. */
export async function copyMemoryTask(config: Config): Promise<Task> {
  const { length: delay, seed } = config;
  const data = splits((range) => copyMemory({ delay, seed, ...range }));
  return {
    title: `Copy memory, delay ${delay}`,
    trainingSequences: data.train.size,
    stages: [async () => readoutStage(config, data, { returnSequences: true })],
    sections: async (results) => [
      resultSection(results, {
        metric: 'loss',
        baseline: copyMemoryBaseline({ delay }),
        meaning: 'no memory',
      }),
    ],
  };
}

function resultSection(
  { results }: TaskResults,
  { metric, baseline, meaning }: { metric: string; baseline: number; meaning: string },
): Section {
  const rows = Object.entries(results).map(([name, metrics]) => [
    name,
    (metrics[metric] ?? Number.NaN).toPrecision(4),
  ]);
  return {
    title: 'Result on the test set',
    table: { columns: ['model', metric], rows: [...rows, [`baseline: ${meaning}`, baseline.toPrecision(4)]] },
  };
}
