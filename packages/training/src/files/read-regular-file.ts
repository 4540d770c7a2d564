import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '../errors.js';
import { explainFileError } from './file-error.js';

/**
 * Reads a file, of at most `limit` bytes or of exactly `size` ones where these are given.
 *
 * @throws UserError when it is a folder, a device or a pipe, which may never end; when it is longer; or cannot be read.
 */
export function readRegularFile(
  path: string,
  { limit, size }: { limit?: number; size?: number } = {},
): Buffer {
  let file: number;
  try {
    // Opening a pipe without O_NONBLOCK waits for somebody who writes into it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw explainFileError(error, path, { doing: 'read' });
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new UserError(`${path} is no regular file, so it is not read.`);
    if (limit !== undefined && found.size > limit) {
      throw new UserError(`${path} holds ${found.size} bytes; at most ${limit} are read.`);
    }
    if (size !== undefined && found.size !== size) {
      throw new UserError(`${path} holds ${found.size} bytes, where its model describes ${size}.`);
    }
    return readExactly(file, found.size, path);
  } catch (error) {
    throw explainFileError(error, path, { doing: 'read' });
  } finally {
    closeSync(file);
  }
}

function readExactly(file: number, size: number, path: string): Buffer {
  const bytes = Buffer.alloc(size);
  for (let read = 0; read < size; ) {
    const count = readSync(file, bytes, read, Math.min(size - read, 1 << 30), null);
    if (count === 0) throw new UserError(`${path} became shorter while it was read.`);
    read += count;
  }
  return bytes;
}

/** The text of a UTF-8 file, without a byte order mark. @throws UserError as {@link readRegularFile}, or for other bytes. */
export function readTextFile(path: string, { limit }: { limit: number }): string {
  const bytes = readRegularFile(path, { limit });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError(`${path} is no text: its bytes are not UTF-8.`, { cause: error });
  }
}
