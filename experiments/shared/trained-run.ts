import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildTask,
  type Config,
  type FinishedRun,
  isStabilityMetric,
  RunFolder,
  runTask,
  type Stage,
  type StageWatcher,
} from '@hurwitz/training';
import type { PartContext } from '../runner/experiment.js';

/**
 * Trains a configuration as `hurwitz train` does, for a part of an experiment. The run folder lies among the experiment's
 * own files under the part's key, so an interrupted training goes on from its newest checkpoint.
 */
export async function trainedRun(
  config: Config,
  {
    key,
    context: { workFolder, progress },
    stage,
  }: {
    key: string;
    context: PartContext;
    /** Of the task, from 0: trains this stage alone. */
    stage?: number;
  },
): Promise<FinishedRun> {
  const path = join(workFolder, key);
  const folder = existsSync(path) ? RunFolder.reopen(path, progress) : RunFolder.create(path, config);
  const task = await buildTask(config);
  const built: Stage[] = [];
  const builders = stage === undefined ? task.stages : [task.stages[stage]!];
  const stages = builders.map((build) => async (): Promise<Stage> => {
    const one = await build();
    built.push(one);
    return one;
  });
  try {
    return await runTask(
      { ...task, stages },
      {
        ...{ config, folder, warn: progress },
        watch: { begin: () => lineAnEpoch(progress, config), result: () => {} },
      },
    );
  } finally {
    for (const { model } of built) model.dispose();
  }
}

/** Prints loss and metrics after every epoch. */
function lineAnEpoch(progress: (message: string) => void, { epochs }: Config): StageWatcher {
  return {
    afterEpoch({ epoch }, measured) {
      const numbers = Object.entries(measured).flatMap(([name, value]) =>
        typeof value === 'number' && !isStabilityMetric(name) ? [`${name} ${value.toPrecision(4)}`] : [],
      );
      progress(`epoch ${epoch} of ${epochs}: ${numbers.join(', ')}`);
    },
    ...{ end: () => {}, close: () => {} },
  };
}
