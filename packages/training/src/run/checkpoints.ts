import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedFileError } from '../errors.js';
import { writeFileAtomic } from '../files/atomic-file.js';
import { explainFileError } from '../files/file-error.js';
import { arithmeticInUse } from '../machine/arithmetic.js';
import { type Checkpoint, checkpointBytes, readCheckpoint } from './checkpoint-file.js';

/** How many checkpoints are kept, so that a damaged one has a predecessor. */
const kept = 3;

const suffix = '.checkpoint';

/** The file of a step's checkpoint. Names come in the order of their steps. */
export const checkpointName = (step: number): string => `step-${String(step).padStart(9, '0')}${suffix}`;

/** The checkpoints in a folder, the oldest first; none when there is no folder. */
export function checkpointNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw explainFileError(error, folder, { doing: 'read' });
  }
}

/** Writes the checkpoint of a step, with what computed it, and removes the oldest. */
export function saveCheckpoint(folder: string, step: number, checkpoint: Checkpoint): void {
  const bytes = checkpointBytes({ ...checkpoint, arithmetic: arithmeticInUse() });
  writeFileAtomic(join(folder, checkpointName(step)), bytes);
  for (const old of checkpointNames(folder).slice(0, -kept)) change(join(folder, old), rmSync);
}

/** The newest checkpoint that is whole, with its file, and what is wrong with those that are newer. */
export interface NewestCheckpoint<Header> extends Checkpoint<Header> {
  path: string;
  damaged: { path: string; message: string }[];
}

/**
 * Reads the newest checkpoint that is whole.
 *
 * @returns undefined when there is none.
 * @throws UserError when a file cannot be read.
 */
export function newestCheckpoint<Header>(folder: string): NewestCheckpoint<Header> | undefined {
  const damaged: NewestCheckpoint<Header>['damaged'] = [];
  for (const name of checkpointNames(folder).reverse()) {
    const path = join(folder, name);
    try {
      return { ...readCheckpoint<Header>(path), path, damaged };
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      damaged.push({ path, message: error.message });
    }
  }
  return undefined;
}

/**
 * Goes on from a checkpoint: names those that are damaged to `warn` and sets them aside, and says so where something else than
 * now computed it, since what follows then has other bits.
 */
export function acceptCheckpoint(
  { path, arithmetic, damaged }: NewestCheckpoint<unknown>,
  warn: (message: string) => void,
): void {
  for (const each of damaged) {
    warn(`${each.message} The one before it is used.`);
    setAside(each.path);
  }
  const now = arithmeticInUse();
  if (arithmetic === undefined || now === undefined || arithmetic === now) return;
  warn(
    `${path} was computed by ${arithmetic}, and what follows is by ${now}: the numbers will differ in their last digits from those of a run that stayed.`,
  );
}

/** Gives a damaged checkpoint another name, so that it is none of the newest any more. */
function setAside(path: string): void {
  change(path, () => renameSync(path, `${path}.damaged`));
}

function change(path: string, work: (path: string) => void): void {
  try {
    work(path);
  } catch (error) {
    throw explainFileError(error, path);
  }
}
