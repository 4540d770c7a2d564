import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { SourceFile } from './sources.js';

/**
 * Compares a file with its published checksum. A gzip file that was packed anew counts when its content is the
 * published one, and so does the unpacked content itself.
 *
 * @returns undefined if the file is what it should be, else what is wrong with it.
 */
export async function checksumProblem(
  path: string,
  { sha256, unpackedSha256 }: SourceFile,
): Promise<string | undefined> {
  const found = await hash(createReadStream(path));
  if (found === sha256 || found === unpackedSha256) return undefined;
  if (unpackedSha256 !== undefined) {
    const unpacked = await hash(createReadStream(path), createGunzip()).catch(() => undefined);
    if (unpacked === unpackedSha256) return undefined;
  }
  return `wrong content (SHA-256 ${found.slice(0, 12)}... instead of ${sha256.slice(0, 12)}...)`;
}

async function hash(file: Readable, ...transforms: NodeJS.ReadWriteStream[]): Promise<string> {
  const digest = createHash('sha256');
  await pipeline([file, ...transforms, digest]);
  return digest.digest('hex');
}
