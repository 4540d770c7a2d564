import type { Config } from '../config/schema.js';
import type { Metrics, Stage } from '../loop/stage.js';
import { type Progress, startOfRun, type TrainingObserver, trainStage } from '../loop/train.js';
import type { Task } from '../tasks/task.js';
import type { NamedArray } from './checkpoint-file.js';
import { type MetricsEntry, MetricsLog } from './metrics-log.js';
import { resultsFile } from './results.js';
import type { RunFolder } from './run-folder.js';
import { saveModel } from './saved-model.js';

export interface RunOptions {
  config: Config;
  folder: RunFolder;
  /** Whether the user has asked for a stop. */
  interrupted: () => boolean;
  warn: (message: string) => void;
  watch?: RunWatcher;
}

/** Who is told how a run goes. */
export interface RunWatcher {
  /** A stage begins, or goes on; the observer is told of its steps, and closed when it ends or fails. */
  stage(stage: Stage, progress: Progress): TrainingObserver & { close(): void };
  /** A stage has ended with these metrics on the test data. */
  result(stage: Stage, metrics: Metrics): void;
}

/** What a finished run logged and measured. */
export interface FinishedRun {
  /** One entry an epoch. */
  entries: MetricsEntry[];
  /** Test metrics of each stage, of the weights that validation chose. */
  results: Record<string, Metrics>;
}

/**
 * Trains every stage of a task from the newest checkpoint of its run folder, or from the start, and writes models and
 * results.
 */
export async function runTask(
  task: Task,
  { config, folder, interrupted, warn, watch }: RunOptions,
): Promise<FinishedRun> {
  const { header, arrays } = folder.latestCheckpoint<Progress>(warn);
  const progress = header ?? startOfRun();
  let saved: NamedArray[] | undefined = header === null ? undefined : arrays;
  const log = new MetricsLog(folder.file('metrics.jsonl'), folder.startAnew);
  log.keep(progress.logged);

  for (; progress.stage < task.stages.length; progress.stage++) {
    const stage = await (task.stages[progress.stage] as Task['stages'][number])();
    const observer = watch?.stage(stage, progress);
    const metrics = await trainStage(
      stage,
      { config, folder, log, observer, interrupted },
      { progress, saved },
    ).finally(() => observer?.close());
    await saveModel(stage.model, folder.file('models', stage.name), {
      config: folder.config,
      test: metrics,
    });
    progress.results[stage.name] = metrics;
    watch?.result(stage, metrics);
    Object.assign(progress, { epoch: 0, batch: 0, best: null });
    saved = undefined;
  }
  folder.writeJson(resultsFile, progress.results);
  return { entries: log.read(progress.logged), results: progress.results };
}
