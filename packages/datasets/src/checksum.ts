import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { reading } from './disk.js';
import type { SourceFile } from './sources.js';

/** Most bytes of unpacked content that are looked at where the source does not say how many there are: 256 MiB. */
const largestContent = 2 ** 28;

/**
 * Most bytes that a file of this source can have: the published ones, or where the content is known, that packed anew,
 * by another program perhaps, in up to twice as many (and 64 KiB).
 */
export function mostBytes({ size, unpackedSha256 }: SourceFile): number {
  return unpackedSha256 === undefined ? size : 2 * size + 65_536;
}

/**
 * Compares a file with its published checksum. A gzip file that was packed anew counts when its content is the
 * published one, and so does the unpacked content itself.
 *
 * @returns undefined if the file is what it should be, else what is wrong with it.
 * @throws {DataFileError} if the file cannot be read.
 */
export async function checksumProblem(
  where: string,
  path: string,
  file: SourceFile,
): Promise<string | undefined> {
  const { size, sha256, unpackedSha256, unpackedSize = largestContent } = file;
  const most = unpackedSha256 === undefined ? size : Math.max(mostBytes(file), unpackedSize);
  const { size: bytes } = await reading(where, path, stat(path));
  if (bytes > most) return `wrong content (${bytes} bytes instead of ${size})`;
  const found = await reading(where, path, hash(createReadStream(path)));
  if (found === sha256 || found === unpackedSha256) return undefined;
  if (unpackedSha256 !== undefined) {
    const content = hash(createReadStream(path), createGunzip(), atMost(unpackedSize));
    if ((await content.catch(() => undefined)) === unpackedSha256) return undefined;
  }
  const wrong = `SHA-256 ${found.slice(0, 12)}... instead of ${sha256.slice(0, 12)}...`;
  return `wrong content (${wrong}, ${bytes} bytes instead of ${size})`;
}

/** Passes bytes on, and fails when there are more. */
function atMost(limit: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length;
      if (seen > limit) done(new Error(`more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
}

async function hash(file: Readable, ...transforms: NodeJS.ReadWriteStream[]): Promise<string> {
  const digest = createHash('sha256');
  await pipeline([file, ...transforms, digest]);
  return digest.digest('hex');
}
