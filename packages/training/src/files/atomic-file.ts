import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { explainFileError } from './file-error.js';
import { makeFolder } from './make-folder.js';
import { isOfThisMachine, mayBeAlive, ownProcessName, parseProcessName } from './process-name.js';

/**
 * Writes a file so that a reader, or a crash at any moment, sees the old content or the new, never a part:
 * to a temporary name in the same folder, flushed to the disk, then renamed. The first file that a process writes in a
 * folder clears away what killed processes left there.
 *
 * @throws UserError when the file cannot be written.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const folder = dirname(path);
  const temporary = temporaryPath(folder);
  try {
    makeFolder(folder);
    removeLeftovers(folder);
    writeFlushed(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw explainFileError(error, path);
  }
}

/** Writes a new file and flushes it to the disk. Throws as the file system does. */
export function writeFlushed(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file = openSync(path, 'wx');
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

let made = 0;

/** A name in a folder that no other file has, for what is renamed once it is whole. */
export function temporaryPath(folder: string): string {
  made += 1;
  return join(folder, `.hurwitz-${made}-${ownProcessName()}.tmp`);
}

/** Removes a temporary file or folder after a failure, which is what there is to tell. */
export function discard(temporary: string): void {
  try {
    rmSync(temporary, { recursive: true, force: true });
  } catch {
    // The next process clears it away.
  }
}

const cleared = new Set<string>();

/** Removes, once in a process, the temporary files and folders in a folder whose processes have ended. */
export function removeLeftovers(folder: string): void {
  const path = resolve(folder);
  if (cleared.has(path)) return;
  cleared.add(path);
  for (const name of readdirSync(path)) if (isLeftover(path, name)) discard(join(path, name));
}

/** No write takes so long: what is older on another machine, which cannot be asked, has been given up. Milliseconds. */
const longestWrite = 24 * 3600 * 1000;

function isLeftover(folder: string, name: string): boolean {
  const writer = parseProcessName(/^\.hurwitz-\d+-(.+)\.tmp$/.exec(name)?.[1] ?? '');
  if (writer === undefined) return false;
  if (isOfThisMachine(writer)) return !mayBeAlive(writer);
  const changed = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
  return changed !== undefined && Date.now() - changed > longestWrite;
}
