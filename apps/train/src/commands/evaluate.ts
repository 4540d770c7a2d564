import { buildTask, openTrainedRun, trainedModels } from '@hurwitz/training';
import { printResult } from '../console/print-result.js';
import { startBackend } from './start-backend.js';

/** `hurwitz evaluate`: the test metrics of every stage of a run whose model is saved. */
export async function evaluate(path: string, options: { dataDir?: string; backend: string }): Promise<void> {
  const run = openTrainedRun(path, options);
  await startBackend(options);
  for await (const { stage, model } of trainedModels(run, await buildTask(run.config))) {
    stage.model.setWeights(model.getWeights());
    printResult(stage.title, await stage.evaluate('test'));
  }
}
