import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Config } from '../config/schema.js';
import { refuseUnread, unreadInTraining } from '../config/unread.js';
import { oneOf } from '../config/validate.js';
import { UserError } from '../errors.js';
import type { Stage } from '../loop/stage.js';
import type { Task } from '../tasks/task.js';
import { readModelRecord, savedStages } from './model-record.js';
import { requireSameResults, resultsFile } from './results.js';
import { RunFolder } from './run-folder.js';
import { loadModel } from './saved-model.js';
import { requireSameConfig } from './stored-config.js';

/** A run to read, its names of trained stages checked before anything that takes time. */
export interface TrainedRun {
  folder: RunFolder;
  /** With the data set where it is now. */
  config: Config;
  /** The stages whose model is saved, or the one that was asked for. */
  stages: readonly string[];
}

/** @throws UserError when the folder holds no run, or none of its models is saved, or not that of the stage. */
export function openTrainedRun(
  path: string,
  { dataDir, stage }: { dataDir?: string; stage?: string },
): TrainedRun {
  const folder = RunFolder.open(path);
  refuseUnread(new Set(dataDir === undefined ? [] : ['dataDir']), unreadInTraining(folder.config));
  const config = dataDir === undefined ? folder.config : { ...folder.config, dataDir };
  const trained = trainedStages(folder);
  requireUnchangedRun(folder, trained);
  return { folder, config, stages: stage === undefined ? trained : [oneOf('stage', stage, trained)] };
}

function trainedStages(folder: RunFolder): string[] {
  const names = savedStages(folder.file('models'));
  if (names.length > 0) return names;
  throw new UserError(
    `${folder.path} has no trained model yet: a model is saved when its training ends. Go on with: hurwitz train --resume ${folder.path}`,
  );
}

/** @throws UserError for a run whose model reads the last words only, and so carries no state from step to step. */
export function refuseTruncated({ truncate }: Config): void {
  if (truncate === undefined) return;
  throw new UserError(
    `The model of this run reads the last ${truncate} words only, so it carries no state from step to step that could be measured. ` +
      'Train it without --truncate.',
  );
}

/** Holds the models against config.json, and results.json against the models. */
function requireUnchangedRun(folder: RunFolder, trained: readonly string[]): void {
  const advice = `This writes it anew: hurwitz train --resume ${folder.path}`;
  const tests = trained.map((stage) => {
    const path = folder.file('models', stage);
    const { config, test } = readModelRecord(path, { advice });
    requireSameConfig(folder.path, folder.config, { with: config, file: path });
    return [stage, test] as const;
  });
  requireSameResults(folder.file(resultsFile), Object.fromEntries(tests), { advice });
}

/** The stages with their saved models, one after the other, in the order of the task. */
export async function* trainedModels(
  { folder, stages }: TrainedRun,
  task: Task,
): AsyncGenerator<{ stage: Stage; model: LayersModel }> {
  for (const build of task.stages) {
    const stage = await build();
    if (stages.includes(stage.name)) {
      yield { stage, model: await loadModel(folder.file('models', stage.name)) };
    }
  }
}
