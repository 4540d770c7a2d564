import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { explainFileError } from '../failures/file-error.js';
import { makeFolder } from '../files/make-folder.js';

/**
 * Writes a file so that a reader, or a crash at any moment, sees the old content or the new, never a part:
 * to a temporary name in the same folder, flushed to the disk, then renamed.
 *
 * @throws UserError when the folder cannot be written to.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    makeFolder(dirname(path));
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const file = openSync(temporary, 'wx');
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw explainFileError(error, path);
  }
}

/** What keeps a file from being written may keep it from being removed; the first of the two is told. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // As after a name that is too long, or below a file.
  }
}
