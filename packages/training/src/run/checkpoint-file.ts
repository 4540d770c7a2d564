import { createHash } from 'node:crypto';
import { DamagedFileError } from '../errors.js';
import { readRegularFile } from '../files/read-regular-file.js';

/** A named array of float32 numbers. */
export interface NamedArray {
  name: string;
  shape: number[];
  values: Float32Array;
}

/** What a checkpoint holds: anything JSON can say exactly, and arrays. */
export interface Checkpoint<Header = unknown> {
  header: Header;
  arrays: NamedArray[];
  /** What computed it, in the words of `arithmeticInUse`. */
  arithmetic?: string | undefined;
}

// Layout: magic (8 bytes), SHA-256 of all that follows (32), length of the JSON header (4, little-endian),
// the header in UTF-8, the arrays' numbers (little-endian float32) one after the other.
const magic = Buffer.from('HURWITZ1');
const digestEnd = magic.length + 32;
const headerStart = digestEnd + 4;

interface StoredHeader {
  header: unknown;
  arithmetic?: string | undefined;
  arrays: { name: string; shape: number[] }[];
}

/** A checkpoint as the bytes of a file. */
export function checkpointBytes({ header, arithmetic, arrays }: Checkpoint): Buffer {
  const shapes = arrays.map(({ name, shape }) => ({ name, shape }));
  const stored: StoredHeader = { header, arithmetic, arrays: shapes };
  const json = Buffer.from(JSON.stringify(stored));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  const numbers = arrays.map(({ values }) => {
    const bytes = Buffer.alloc(values.length * 4);
    for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i] as number, i * 4);
    return bytes;
  });
  const body = Buffer.concat([length, json, ...numbers]);
  const digest = createHash('sha256').update(body).digest();
  return Buffer.concat([magic, digest, body]);
}

/**
 * Reads a checkpoint back, to the bit.
 *
 * @throws DamagedFileError when the file is not a whole checkpoint, UserError when it cannot be read.
 */
export function readCheckpoint<Header>(path: string): Checkpoint<Header> {
  const bytes = readRegularFile(path);
  if (bytes.length < headerStart || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new DamagedFileError(`${path} is not a Hurwitz checkpoint (${bytes.length} bytes).`);
  }
  const body = bytes.subarray(digestEnd);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(magic.length, digestEnd))) {
    throw new DamagedFileError(`${path} is damaged: its checksum does not fit its content.`);
  }
  const headerEnd = headerStart + bytes.readUInt32LE(digestEnd);
  const stored = JSON.parse(bytes.toString('utf8', headerStart, headerEnd)) as StoredHeader;
  let position = headerEnd;
  const arrays = stored.arrays.map(({ name, shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = bytes.readFloatLE(position + i * 4);
    position += size * 4;
    return { name, shape, values };
  });
  const { header, arithmetic } = stored;
  return { header: header as Header, arrays, ...(arithmetic !== undefined && { arithmetic }) };
}
