import { describe, readOptions, requireBytes, requireInteger, requireText } from './checks.js';
import { DataFileError } from './errors.js';

/** How much a file may hold. */
export interface UnpackOptions {
  /** Most bytes of a file, as stored and unpacked: a gzip of 1 MB can announce and hold 1 GB. */
  maxBytes?: number;
}

/** A file's bytes as stored, and what messages call it. */
export interface NamedBytes {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Most bytes of a file unless told otherwise: 256 MiB. */
const largest = 2 ** 28;

/** `maxBytes`, or its default of 256 MiB. */
export function maxBytesOf(where: string, options: UnpackOptions | undefined): number {
  const { maxBytes = largest } = readOptions(where, options, ['maxBytes']);
  requireInteger(where, 'maxBytes', maxBytes, 1);
  return maxBytes;
}

/**
 * The content of a file that may be gzip, which its first two bytes tell. Unpacked by the platform's own
 * DecompressionStream (Node 20 and later, browsers), which checks lengths and checksums, and stopped once there is more
 * than `maxBytes`. Members one after another are one content, as in gzip, in Node; browsers refuse them.
 *
 * @throws {DataFileError} if the gzip is damaged or followed by something else, or there are more than `maxBytes`.
 */
export async function unpacked(
  where: string,
  { file, bytes }: NamedBytes,
  options?: UnpackOptions,
): Promise<Uint8Array> {
  requireBytes(where, 'bytes', bytes);
  requireText(where, 'file', file);
  const maxBytes = maxBytesOf(where, options);
  if (bytes.length > maxBytes) throw tooLarge(where, file, maxBytes, `${bytes.length}`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  const content = new Growing(announced(bytes), maxBytes);
  for (;;) {
    const { done, value } = await reader.read().catch((error: Error) => {
      throw damagedGzip(where, { file, bytes }, error);
    });
    if (done) return content.bytes();
    if (content.length + value.length > maxBytes) {
      await reader.cancel().catch(() => {});
      throw tooLarge(where, file, maxBytes);
    }
    content.append(value);
  }
}

/** A file holds more than it may. */
export function tooLarge(where: string, file: string, maxBytes: number, got = 'more'): DataFileError {
  const fix = 'It is none of the files that belong here; if it is, raise maxBytes';
  return new DataFileError(where, file, `at most ${maxBytes} bytes`, got, fix);
}

function damagedGzip(where: string, { file, bytes }: NamedBytes, error: Error): DataFileError {
  const reason = error.message || (error.cause as Error | undefined)?.message || describe(error);
  return new DataFileError(
    where,
    file,
    'a complete gzip file',
    `${bytes.length} bytes that do not unpack (${reason})`,
    'The file is truncated or damaged: download it again',
  );
}

/** The length that the last four bytes of a gzip file announce: a guess, since anybody can write there what they like. */
const announced = (bytes: Uint8Array): number =>
  bytes.length < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);

/** Bytes that arrive in pieces, kept in one array: of the right size at once where the guess is right. */
class Growing {
  length = 0;
  #held: Uint8Array;
  readonly #most: number;

  constructor(guess: number, most: number) {
    // A guess beyond the possible costs nothing: the system gives memory when it is written to.
    this.#held = new Uint8Array(Math.min(guess, most));
    this.#most = most;
  }

  append(piece: Uint8Array): void {
    const needed = this.length + piece.length;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.min(this.#most, Math.max(needed, 2 * this.#held.length)));
      grown.set(this.#held.subarray(0, this.length));
      this.#held = grown;
    }
    this.#held.set(piece, this.length);
    this.length = needed;
  }

  bytes(): Uint8Array {
    return this.length === this.#held.length ? this.#held : this.#held.slice(0, this.length);
  }
}
