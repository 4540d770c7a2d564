import { describe, requireBytes, requireObject, requireSizes, requireText } from './checks.js';
import { DataFileError, DatasetError } from './errors.js';
import { type UnpackOptions, unpacked } from './gzip.js';

/** What an IDX file can hold. */
export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An n-dimensional array, row by row, as an IDX file stores it. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: IdxData;
}

interface ElementType {
  readonly code: number;
  readonly array: { new (length: number): IdxData; readonly BYTES_PER_ELEMENT: number };
  readonly read: (view: DataView, offset: number) => number;
  readonly write: (view: DataView, offset: number, value: number) => void;
}

/** The third byte of the magic number says the element type; all numbers are big-endian. */
const elementTypes: readonly ElementType[] = [
  { code: 0x08, array: Uint8Array, read: (v, o) => v.getUint8(o), write: (v, o, x) => v.setUint8(o, x) },
  { code: 0x09, array: Int8Array, read: (v, o) => v.getInt8(o), write: (v, o, x) => v.setInt8(o, x) },
  { code: 0x0b, array: Int16Array, read: (v, o) => v.getInt16(o), write: (v, o, x) => v.setInt16(o, x) },
  { code: 0x0c, array: Int32Array, read: (v, o) => v.getInt32(o), write: (v, o, x) => v.setInt32(o, x) },
  {
    code: 0x0d,
    array: Float32Array,
    read: (v, o) => v.getFloat32(o),
    write: (v, o, x) => v.setFloat32(o, x),
  },
  {
    code: 0x0e,
    array: Float64Array,
    read: (v, o) => v.getFloat64(o),
    write: (v, o, x) => v.setFloat64(o, x),
  },
];

/**
 * Parses an IDX file (the format of the MNIST files: http://yann.lecun.com/exdb/mnist). Bytes are not copied:
 * a file of unsigned bytes gives a view of `bytes`.
 *
 * @param bytes - The whole file, unpacked; `readIdx` takes a gzip file too.
 * @param file - The file's name, for messages.
 * @throws {DataFileError} if the bytes are not IDX, or are more or fewer than the header announces.
 */
export function parseIdx(bytes: Uint8Array, file = 'the given bytes'): IdxArray {
  requireBytes('parseIdx', 'bytes', bytes);
  requireText('parseIdx', 'file', file);
  const fail = (expected: string, got: string, fix: string): never => {
    throw new DataFileError('parseIdx', file, expected, got, fix);
  };
  const replace = 'The file is damaged or of another kind: download it again';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    fail('an unpacked IDX file', 'a gzip file', 'Read it with readIdx, which unpacks it');
  }
  const type = elementTypes.find(({ code }) => code === bytes[2]);
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || rank === 0) {
    const head = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    fail(
      'an IDX header (two zero bytes, an element type 08, 09 or 0b to 0e, the number of dimensions)',
      head === '' ? 'an empty file' : `the bytes ${head}`,
      replace,
    );
  }
  const { array, read } = type!;
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) {
    fail(`a header of ${headerBytes} bytes for ${rank} dimensions`, `${bytes.length} bytes`, replace);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  const expectedBytes = headerBytes + count * array.BYTES_PER_ELEMENT;
  if (bytes.length !== expectedBytes) {
    const verdict = bytes.length < expectedBytes ? 'truncated' : 'too long';
    fail(`${expectedBytes} bytes for shape [${shape.join(', ')}]`, `${bytes.length} (${verdict})`, replace);
  }
  // Not bytes.subarray: of a Node Buffer that would be a Buffer again.
  if (array === Uint8Array) {
    return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + headerBytes, count) };
  }
  const data = new array(count);
  for (let i = 0; i < count; i++) data[i] = read(view, headerBytes + i * array.BYTES_PER_ELEMENT);
  return { shape, data };
}

/**
 * The bytes of an IDX file that holds the given array: the inverse of `parseIdx`.
 *
 * @throws {DatasetError} if the shape is not that of the data.
 */
export function encodeIdx(array: IdxArray): Uint8Array {
  const { shape, data } = requireObject('encodeIdx', 'the array', array);
  const type = elementTypes.find(({ array }) => data instanceof array);
  if (type === undefined) {
    throw new DatasetError(
      'encodeIdx',
      'data to be a Uint8Array, Int8Array, Int16Array, Int32Array, Float32Array or Float64Array',
      describe(data),
      'Copy the values into one of these',
    );
  }
  requireSizes('encodeIdx', 'shape', shape, 0);
  const sizes = Array.from(shape);
  const count = sizes.reduce((product, size) => product * size, 1);
  const valid = sizes.every((size) => Number.isInteger(size) && size >= 0 && size <= 0xffffffff);
  if (!valid || sizes.length < 1 || sizes.length > 255 || count !== data.length) {
    throw new DatasetError(
      'encodeIdx',
      'a shape of 1 to 255 sizes whose product is the number of values',
      `shape ${describe(sizes)} for ${data.length} values`,
      'Give the shape that the data has',
    );
  }
  const headerBytes = 4 + 4 * sizes.length;
  const bytes = new Uint8Array(headerBytes + data.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, type.code, sizes.length]);
  for (const [i, size] of sizes.entries()) view.setUint32(4 + 4 * i, size);
  for (let i = 0; i < count; i++) {
    type.write(view, headerBytes + i * data.BYTES_PER_ELEMENT, data[i]!);
  }
  return bytes;
}

/**
 * Reads an IDX file, plain or gzip: the first two bytes tell which.
 *
 * @param bytes - The whole file.
 * @param file - The file's name, for messages.
 * @throws {DataFileError} if the gzip or the IDX inside is damaged, truncated or of another format, or unpacks to more
 *   than `maxBytes`.
 */
export async function readIdx(
  bytes: Uint8Array,
  file = 'the given bytes',
  options?: UnpackOptions,
): Promise<IdxArray> {
  return parseIdx(await unpacked('readIdx', { file, bytes }, options), file);
}
