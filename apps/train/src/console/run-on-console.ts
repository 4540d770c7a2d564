import { writeReport } from '@hurwitz/analysis';
import { type FinishedRun, type RunOptions, runTask, type Task } from '@hurwitz/training';
import { ConsoleWatcher } from './console-watcher.js';
import { printResult } from './print-result.js';

/** Trains a task in its run folder with its progress on the console, and writes the report. */
export async function runOnConsole(task: Task, options: RunOptions): Promise<FinishedRun> {
  const { config, folder } = options;
  const finished = await runTask(task, {
    ...options,
    watch: {
      begin: (stage, progress) => new ConsoleWatcher(stage, config, progress),
      result: (stage, metrics) => printResult(stage.title, metrics),
    },
  });
  console.log(`Report: ${await writeReport(folder, { config, task, ...finished })}`);
  return finished;
}
