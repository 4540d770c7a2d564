import type { Config } from '../config/schema.js';
import { writeReport } from '../report/write-report.js';
import type { Task } from '../tasks/task.js';
import { ConsoleObserver } from '../training/console-observer.js';
import { printResult } from '../training/print-result.js';
import { type Progress, startOfRun, trainStage } from '../training/train.js';
import type { NamedArray } from './checkpoint-file.js';
import { MetricsLog } from './metrics-log.js';
import type { RunFolder } from './run-folder.js';
import { saveModel } from './saved-model.js';

/**
 * Trains every stage of a task from the newest checkpoint of its run folder, or from the start, and writes
 * models, results, figures and the report.
 */
export async function runTask(
  task: Task,
  { config, folder, warn }: { config: Config; folder: RunFolder; warn: (message: string) => void },
): Promise<void> {
  const checkpoint = folder.latestCheckpoint<Progress>(warn);
  const progress = checkpoint?.header ?? startOfRun();
  let saved: NamedArray[] | undefined = checkpoint?.arrays;
  const log = new MetricsLog(folder.file('metrics.jsonl'));
  log.keep(progress.logged);

  const stop = onInterrupt();
  try {
    for (; progress.stage < task.stages.length; progress.stage++) {
      const stage = await (task.stages[progress.stage] as Task['stages'][number])();
      const observer = new ConsoleObserver(stage, config, progress);
      const metrics = await trainStage(
        stage,
        { config, folder, log, observer, interrupted: stop.asked },
        { progress, saved },
      ).finally(() => observer.close());
      await saveModel(stage.model, folder.file('models', stage.name));
      progress.results[stage.name] = metrics;
      printResult(stage.title, metrics);
      Object.assign(progress, { epoch: 0, batch: 0, best: null });
      saved = undefined;
    }
  } finally {
    stop.remove();
  }
  folder.writeJson('results.json', progress.results);
  const report = await writeReport(folder, { config, task, entries: log.read(), results: progress.results });
  console.log(`Report: ${report}`);
}

/** Ctrl-C asks for a stop after the step; a second one stops at once. */
function onInterrupt(): { asked: () => boolean; remove: () => void } {
  let asked = false;
  const handler = (): void => {
    if (asked) process.exit(130);
    asked = true;
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return {
    asked: () => asked,
    remove: () => {
      process.off('SIGINT', handler);
      process.off('SIGTERM', handler);
    },
  };
}
