import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { DataFileError } from './errors.js';
import { tooLarge } from './gzip.js';

/** Runs a file operation; its failure becomes an error that names the path and the system's reason. */
export async function onDisk<T>(where: string, path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const fix = 'Choose another folder, or correct its permissions and free space';
    throw new DataFileError(where, path, 'a file in a folder that can be written', reasonOf(error), fix);
  }
}

/** Why the system refused. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};

/**
 * The bytes of a file.
 *
 * @throws {DataFileError} if it cannot be read, is a folder, pipe or device, or has more than `maxBytes`.
 */
export async function readWhole(where: string, path: string, maxBytes: number): Promise<Uint8Array> {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  const file = await reading(where, path, open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
  try {
    const entry = await reading(where, path, file.stat());
    if (!entry.isFile()) {
      throw new DataFileError(where, path, 'a file', 'a folder, pipe or device', 'Put the file itself there');
    }
    if (entry.size > maxBytes) throw tooLarge(where, path, maxBytes, `${entry.size}`);
    const bytes = new Uint8Array(entry.size);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await reading(where, path, file.read(bytes, at, bytes.length - at, at));
      if (bytesRead === 0) return bytes.slice(0, at);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

/** Runs a reading operation; its failure becomes an error that names the path and the system's reason. */
export async function reading<T>(
  where: string,
  path: string,
  operation: Promise<T>,
  { expected = 'a file that can be read', fix = 'Correct its permissions' } = {},
): Promise<T> {
  return operation.catch((error) => {
    throw new DataFileError(where, path, expected, reasonOf(error), fix);
  });
}
