import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@hurwitz/training';
import { buildTask, type FinishedRun, RunFolder } from '@hurwitz/training';
import { runOnConsole } from '../console/run-on-console.js';
import type { ExperimentContext } from './experiment.js';

/**
 * Trains a configuration as `hurwitz train` does, as one part of an experiment. The run folder lies among the experiment's
 * own files, so an interrupted training goes on from its newest checkpoint.
 */
export function trainedRun(
  { part, workFolder, progress }: Pick<ExperimentContext, 'part' | 'workFolder' | 'progress'>,
  key: string,
  config: Config,
): Promise<FinishedRun> {
  return part(key, async () => {
    const path = join(workFolder, key);
    const folder = existsSync(path) ? RunFolder.reopen(path, progress) : RunFolder.create(path, config);
    return runOnConsole(await buildTask(config), {
      ...{ config, folder, warn: progress },
      interrupted: () => false,
    });
  });
}
