import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { cannot, explainFileError } from './file-error.js';

/**
 * Makes a folder and those above it that are not there yet. Each is tried once: Node's own `recursive` never returns
 * where the system says of a folder that is there that it is not, as below /proc.
 *
 * @param flag the flag that named the folder.
 * @throws UserError when it cannot be made, or a file has its name.
 */
export function makeFolder(path: string, flag?: string): void {
  const missing: string[] = [];
  try {
    for (let folder = resolve(path); !isThere(folder); folder = dirname(folder)) {
      missing.unshift(folder);
      if (dirname(folder) === folder) break;
    }
    for (const folder of missing) makeOne(folder);
    if (statSync(path).isDirectory()) return;
  } catch (error) {
    throw explainFileError(error, path, { flag });
  }
  throw cannot(path, { what: 'it is a file, not a folder' }, { flag });
}

/** Whether something is at a path; a link that leads nowhere is there too, and is refused when it is followed. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
