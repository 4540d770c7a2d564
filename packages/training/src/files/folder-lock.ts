import { readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.js';
import { explainFileError, showPath } from './file-error.js';
import { makeFolder } from './make-folder.js';
import {
  isOfThisMachine,
  mayBeAlive,
  type NamedProcess,
  ownProcessName,
  parseProcessName,
} from './process-name.js';

/**
 * Does some work while this process alone holds a folder: an empty file `<host>-<pid>-<started>.lock` lies in it
 * meanwhile. The folder is made when there is none, and goes when the work leaves nothing in it. Locks of processes of
 * this machine that have ended, killed ones too, are cleared away.
 *
 * Each process puts its file there first and then looks for others, so that no two go on together, in whatever order they
 * come; of two that come in the same instant, both may be refused. Nothing has to be renewed, which a long computation
 * would keep this process from.
 *
 * @throws UserError when another process holds the folder, or it cannot be written to.
 */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const release = lock(folder);
  // A second Ctrl-C ends the process from within the work.
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function lock(folder: string): () => void {
  const own = `${ownProcessName()}.lock`;
  const release = (): void => {
    try {
      rmSync(join(folder, own), { force: true });
      rmdirSync(folder);
    } catch {
      // It holds files, as a run folder does; or the disk is out of order, and the next process clears the lock away.
    }
  };
  try {
    makeFolder(folder);
    writeFileSync(join(folder, own), '');
    for (const name of readdirSync(folder)) {
      const holder = holderOf(name);
      if (holder === undefined || name === own) continue;
      if (mayBeAlive(holder)) throw inUse(join(folder, name), holder);
      rmSync(join(folder, name), { force: true });
    }
    return release;
  } catch (error) {
    release();
    throw explainFileError(error, folder);
  }
}

/** Whether a file of this name is a process's lock on its folder. */
export function isLock(name: string): boolean {
  return holderOf(name) !== undefined;
}

function holderOf(name: string): NamedProcess | undefined {
  return name.endsWith('.lock') ? parseProcessName(name.slice(0, -'.lock'.length)) : undefined;
}

function inUse(file: string, holder: NamedProcess): UserError {
  const where = isOfThisMachine(holder) ? 'of this machine' : `of the machine ${holder.host}`;
  const since = statSync(file, { throwIfNoEntry: false })?.mtime.toISOString().slice(0, 16).replace('T', ' ');
  return new UserError(
    `${showPath(dirname(file))} is in use by process ${holder.pid} ${where}${since === undefined ? '' : ` since ${since} UTC`}. ` +
      `Wait until that ends, or stop it; if there is no such process any more, delete ${file}`,
  );
}
