import { join } from 'node:path';
import { differences } from '../config/differences.js';
import { DamagedFileError, TrainingError } from '../errors.js';
import { withFolderLock } from '../files/folder-lock.js';
import { makeFolder } from '../files/make-folder.js';
import type { Progress } from '../loop/progress.js';
import type { Store } from '../loop/train-stage.js';
import type { NamedArray } from '../run/checkpoint-file.js';
import { acceptCheckpoint, checkpointNames, newestCheckpoint, saveCheckpoint } from '../run/checkpoints.js';
import { type MetricsEntry, MetricsLog } from '../run/metrics-log.js';

/** What is kept of a training, and where it stands. */
export interface Kept {
  store: Store;
  /** Where an earlier call came to, with its arrays; absent at the start. */
  progress?: Progress;
  saved?: NamedArray[];
  /** The metrics of the epochs that have ended. */
  entries: (progress: Progress) => MetricsEntry[];
}

/** Keeps the metrics alone, while the process lives. */
export function memoryStore(): Kept {
  const entries: MetricsEntry[] = [];
  const log = (entry: MetricsEntry): string => String(entries.push(entry));
  return { store: { saveCheckpoint: () => {}, log }, entries: () => entries };
}

interface Header {
  settings: object;
  progress: Progress;
}

/**
 * Does some work with what a folder keeps of a training, which no other process uses meanwhile: `checkpoints/`, the newest
 * three, and `metrics.jsonl`.
 *
 * @throws TrainingError when the training in the folder has other settings, DamagedFileError when its files do not fit.
 */
export function withTrainingFolder<T>(
  folder: string,
  { settings, warn = () => {} }: { settings: object; warn?: (message: string) => void },
  work: (kept: Kept) => Promise<T>,
): Promise<T> {
  const checkpoints = join(folder, 'checkpoints');
  const log = new MetricsLog(join(folder, 'metrics.jsonl'), 'Take another folder to train anew.');
  makeFolder(folder);
  return withFolderLock(folder, () => {
    const newest = newestCheckpoint<Header>(checkpoints);
    if (newest === undefined && checkpointNames(checkpoints).length > 0) {
      throw new DamagedFileError(
        `Every checkpoint is damaged in ${checkpoints}. Take another folder to train anew.`,
      );
    }
    if (newest !== undefined) requireSameSettings(folder, newest.header.settings, settings);
    if (newest !== undefined) acceptCheckpoint(newest, warn);
    const progress = newest?.header.progress;
    log.keep(progress?.logged ?? []);
    return work({
      store: {
        saveCheckpoint: (step, { header, arrays }) =>
          saveCheckpoint(checkpoints, step, {
            header: { settings, progress: header } satisfies Header,
            arrays,
          }),
        log: (entry) => log.append(entry),
      },
      ...(newest !== undefined && { progress, saved: newest.arrays }),
      entries: ({ logged }) => log.read(logged),
    });
  });
}

function requireSameSettings(folder: string, began: object, now: object): void {
  const [off] = differences(began, JSON.parse(JSON.stringify(now)));
  if (off === undefined) return;
  const { key, before, after } = off;
  const fix = 'Give what it began with, or take another folder.';
  throw new TrainingError(
    'train',
    `${key} ${before}, with which the training in ${folder} began`,
    after,
    fix,
  );
}
