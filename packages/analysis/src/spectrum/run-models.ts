import type { TangentSystem } from '@hurwitz/cells';
import type { Config } from '@hurwitz/training';
import {
  buildTask,
  memoryNeeds,
  openTrainedRun,
  refuseTruncated,
  requireMemory,
  testSequences,
  trainedModels,
  unusedKeys,
} from '@hurwitz/training';
import type { layers } from '@tensorflow/tfjs-layers';
import { type DrivingInputs, readInputsFile } from './inputs.js';
import { defaultWarmup } from './measure.js';

/** A model with what drives it. */
export interface ModelSource {
  name: string;
  title: string;
  /** A whole model, or one layer of it. */
  model: layers.Layer;
  inputs: (system: TangentSystem) => DrivingInputs;
}

interface RunModelOptions {
  sequences: number;
  warmup?: number;
  steps?: number;
  stage?: string;
  dataDir?: string;
  inputs?: string;
}

/** The trained models of a run, each along the first sequences of its task's test data. */
export async function modelsOfRun(path: string, options: RunModelOptions): Promise<ModelSource[]> {
  const run = openTrainedRun(path, options);
  refuseTruncated(run.config);
  const config = withLength(run.config, options);
  requireMemory(memoryNeeds(config));
  const sources: ModelSource[] = [];
  for await (const { stage, model } of trainedModels(run, await buildTask(config))) {
    sources.push({
      name: stage.name,
      title: stage.title,
      model,
      inputs: () => {
        if (options.inputs !== undefined) return readInputsFile(options.inputs, options.sequences);
        const { sequences, starts } = testSequences(stage, options.sequences);
        return {
          sequences,
          ...(starts !== undefined && { starts }),
          source: `the test data of ${config.task}`,
        };
      },
    });
  }
  return sources;
}

/** Where more steps are asked for than the task's sequences have, longer sequences; the model does not mind. */
function withLength(config: Config, { warmup, steps }: RunModelOptions): Config {
  if (steps === undefined || unusedKeys(config).includes('length')) return config;
  const needed = steps + (warmup ?? defaultWarmup(steps));
  return { ...config, length: Math.max(config.length, needed) };
}
