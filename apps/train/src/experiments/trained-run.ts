import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@hurwitz/training';
import { buildTask, type FinishedRun, RunFolder } from '@hurwitz/training';
import { runOnConsole } from '../console/run-on-console.js';
import type { PartContext } from './experiment.js';

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
  return runOnConsole(await buildTask(config), { config, folder, warn: progress });
}
