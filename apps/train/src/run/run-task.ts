import type { Config } from '../config/schema.js';
import { writeReport } from '../report/write-report.js';
import type { Task } from '../tasks/task.js';
import { ConsoleObserver } from '../training/console-observer.js';
import { printResult } from '../training/print-result.js';
import type { Metrics } from '../training/stage.js';
import { type Progress, startOfRun, trainStage } from '../training/train.js';
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
}

/** What a finished run logged and measured. */
export interface FinishedRun {
  /** One entry an epoch. */
  entries: MetricsEntry[];
  /** Test metrics of each stage, of the weights that validation chose. */
  results: Record<string, Metrics>;
}

/**
 * Trains every stage of a task from the newest checkpoint of its run folder, or from the start, and writes
 * models, results, figures and the report.
 */
export async function runTask(
  task: Task,
  { config, folder, interrupted, warn }: RunOptions,
): Promise<FinishedRun> {
  const { header, arrays } = folder.latestCheckpoint<Progress>(warn);
  const progress = header ?? startOfRun();
  let saved: NamedArray[] | undefined = header === null ? undefined : arrays;
  const log = new MetricsLog(folder.file('metrics.jsonl'), folder.startAnew);
  log.keep(progress.logged);

  for (; progress.stage < task.stages.length; progress.stage++) {
    const stage = await (task.stages[progress.stage] as Task['stages'][number])();
    const observer = new ConsoleObserver(stage, config, progress);
    const metrics = await trainStage(
      stage,
      { config, folder, log, observer, interrupted },
      { progress, saved },
    ).finally(() => observer.close());
    await saveModel(stage.model, folder.file('models', stage.name), {
      config: folder.config,
      test: metrics,
    });
    progress.results[stage.name] = metrics;
    printResult(stage.title, metrics);
    Object.assign(progress, { epoch: 0, batch: 0, best: null });
    saved = undefined;
  }
  folder.writeJson(resultsFile, progress.results);
  const finished = { entries: log.read(progress.logged), results: progress.results };
  console.log(`Report: ${await writeReport(folder, { config, task, ...finished })}`);
  return finished;
}
