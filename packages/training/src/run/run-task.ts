import type { Config } from '../config/schema.js';
import { configuredHooks } from '../hooks/configured-hooks.js';
import type { Hooks } from '../loop/hooks.js';
import type { Metrics } from '../loop/learner.js';
import { learningRateAt, makeOptimizer } from '../loop/optimizer.js';
import { type Progress, startOfRun } from '../loop/progress.js';
import type { Stage } from '../loop/stage.js';
import { type StageTimes, trainStage } from '../loop/train-stage.js';
import type { Task } from '../tasks/task.js';
import type { NamedArray } from './checkpoint-file.js';
import { divergence } from './divergence.js';
import { type MetricsEntry, MetricsLog } from './metrics-log.js';
import { resultsFile } from './results.js';
import type { RunFolder } from './run-folder.js';
import { saveModel } from './saved-model.js';

export interface RunOptions {
  config: Config;
  folder: RunFolder;
  /** Aborted to stop at a checkpoint. */
  signal?: AbortSignal;
  warn: (message: string) => void;
  watch?: RunWatcher;
}

/** Who watches a run. */
export interface RunWatcher {
  /** A stage begins, or goes on. */
  begin(stage: Stage, progress: Readonly<Progress>): StageWatcher;
  /** A stage has ended with these metrics on the test data. */
  result(stage: Stage, metrics: Metrics): void;
}

/** Who watches a stage. */
export interface StageWatcher extends Hooks {
  /** The training of the stage has come to its end. */
  end(times: StageTimes): void;
  /** The stage has ended, or failed. */
  close(): void;
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
export async function runTask(task: Task, run: RunOptions): Promise<FinishedRun> {
  const { folder, warn, watch } = run;
  const { header, arrays } = folder.latestCheckpoint<Progress>(warn);
  const progress = header ?? startOfRun();
  let saved: NamedArray[] | undefined = header === null ? undefined : arrays;
  const log = new MetricsLog(folder.file('metrics.jsonl'), folder.startAnew);
  log.keep(progress.logged);

  for (; progress.stage < task.stages.length; progress.stage++) {
    const stage = await (task.stages[progress.stage] as Task['stages'][number])();
    const metrics = await runStage(stage, run, { log, progress, saved });
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

/** Trains one stage as the configuration says. */
async function runStage(
  stage: Stage,
  { config, folder, signal, watch }: RunOptions,
  { log, progress, saved }: { log: MetricsLog; progress: Progress; saved?: NamedArray[] },
): Promise<Metrics> {
  const { epochs, clipNorm, checkpointEvery, testEachEpoch } = config;
  const optimizer = makeOptimizer(config);
  const watcher = watch?.begin(stage, progress);
  try {
    return await trainStage(
      stage,
      {
        ...{ optimizer, epochs, clipNorm, checkpointEvery, testEachEpoch, signal },
        learningRateAt: (epoch) => learningRateAt(config, epoch),
        hooks: [...configuredHooks(config, stage), ...(watcher === undefined ? [] : [watcher])],
        store: {
          saveCheckpoint: (step, checkpoint) => folder.saveCheckpoint(step, checkpoint),
          log: (entry) => log.append(entry),
        },
        goOn: `Go on with: hurwitz train --resume ${folder.path}`,
        onNonFinite: ({ epoch, batch, step }, result) => {
          throw divergence(stage, stage.batch(epoch, batch), { step: step + 1, config, ...result });
        },
        onEnd: (times) => watcher?.end(times),
      },
      { progress, saved },
    );
  } finally {
    watcher?.close();
    optimizer.dispose();
  }
}
