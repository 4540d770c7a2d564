import { DataFileError } from './errors.js';
import { type UnpackOptions, unpacked } from './gzip.js';

/**
 * The text of a file of UTF-8, plain or gzip; a byte order mark is left out.
 *
 * @param bytes - The whole file.
 * @param file - The file's name, for messages.
 * @throws {DataFileError} if the gzip is damaged or unpacks to more than `maxBytes`, the bytes are not UTF-8, or there is no
 *   character.
 */
export async function readText(
  bytes: Uint8Array,
  file = 'the given bytes',
  options?: UnpackOptions,
): Promise<string> {
  const text = decodeText('readText', await unpacked('readText', { file, bytes }, options), file);
  if (text !== '') return text;
  throw new DataFileError('readText', file, 'a text', 'an empty file', 'Download it again');
}

/** Unpacked bytes as text, which may be empty. */
export function decodeText(where: string, bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const fix = 'Convert the file to UTF-8, or download it again';
    throw new DataFileError(where, file, 'a text in UTF-8', 'bytes that are not', fix);
  }
}
