import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildTask,
  type Config,
  type FinishedRun,
  isStabilityMetric,
  RunFolder,
  runTask,
  type StageWatcher,
} from '@hurwitz/training';
import type { PartContext } from '../runner/experiment.js';

/**
 * Trains a configuration as `hurwitz train` does, for a part of an experiment. The run folder lies among the experiment's
 * own files under the part's key, so an interrupted training goes on from its newest checkpoint.
 */
export async function trainedRun(
  config: Config,
  { key, context: { workFolder, progress } }: { key: string; context: PartContext },
): Promise<FinishedRun> {
  const path = join(workFolder, key);
  const folder = existsSync(path) ? RunFolder.reopen(path, progress) : RunFolder.create(path, config);
  return runTask(await buildTask(config), {
    ...{ config, folder, warn: progress },
    watch: { begin: () => lineAnEpoch(progress, config), result: () => {} },
  });
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
