import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataFileError, encodeIdx, type IdxArray, type IdxData, parseIdx, readIdx } from '../src/index.js';

/** 2 x 3 bytes, written out by hand. */
const small = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);

const kinds: ((values: number[]) => IdxData)[] = [
  (values) => Uint8Array.from(values),
  (values) => Int8Array.from(values),
  (values) => Int16Array.from(values),
  (values) => Int32Array.from(values),
  (values) => Float32Array.from(values),
  (values) => Float64Array.from(values),
];

const arrays: fc.Arbitrary<IdxArray> = fc
  .tuple(fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }), fc.constantFrom(...kinds))
  .chain(([shape, make]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const numbers = fc.oneof(fc.integer(), fc.double({ noNaN: true }));
    return fc
      .array(numbers, { minLength: length, maxLength: length })
      .map((values) => ({ shape, data: make(values) }));
  });

describe('parseIdx', () => {
  it('reads the big-endian numbers of a file written by hand', () => {
    expect(parseIdx(small)).toEqual({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
    const shorts = Uint8Array.of(0, 0, 0x0b, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe);
    expect(parseIdx(shorts)).toEqual({ shape: [2], data: Int16Array.of(258, -2) });
  });

  it('gives back what encodeIdx wrote, for every type and shape, also from the middle of a buffer', () => {
    fc.assert(
      fc.property(arrays, fc.nat({ max: 7 }), (array, shift) => {
        const bytes = encodeIdx(array);
        const moved = new Uint8Array(shift + bytes.length + 3);
        moved.set(bytes, shift);
        const parsed = parseIdx(moved.subarray(shift, shift + bytes.length));
        expect(parsed.shape).toEqual(array.shape);
        expect(parsed.data.constructor).toBe(array.data.constructor);
        expect(Array.from(parsed.data)).toEqual(Array.from(array.data));
      }),
    );
  });

  it('refuses every truncation and every extension of a file', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), fc.integer({ min: 1, max: 9 }), (array, cut, more) => {
        const bytes = encodeIdx(array);
        expect(() => parseIdx(bytes.subarray(0, cut % bytes.length))).toThrow(DataFileError);
        expect(() => parseIdx(new Uint8Array([...bytes, ...new Uint8Array(more)]))).toThrow('too long');
      }),
    );
  });

  it('refuses arbitrary bytes with no other error than DataFileError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseIdx(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DataFileError);
        }
      }),
    );
  });

  it.each([
    ['an empty file', Uint8Array.of(), 'got an empty file'],
    ['a web page', new TextEncoder().encode('<!DOCTYPE html>'), 'got the bytes 3c 21 44 4f'],
    ['an unknown element type', Uint8Array.of(0, 0, 7, 1, 0, 0, 0, 0), 'got the bytes 00 00 07 01'],
    ['a header that stops', small.subarray(0, 9), 'a header of 12 bytes for 2 dimensions, got 9 bytes'],
    ['missing data', small.subarray(0, 15), 'expected 18 bytes for shape [2, 3], got 15 (truncated)'],
    ['a gzip file', Uint8Array.of(0x1f, 0x8b, 8, 0), 'Read it with readIdx'],
  ])('names the file and what is wrong with %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'some-file')).toThrow(`parseIdx: some-file: expected`);
    expect(() => parseIdx(bytes, 'some-file')).toThrow(message);
  });

  it('does not allocate what a lying header announces', () => {
    const lying = Uint8Array.of(0, 0, 14, 3, ...new Array(12).fill(0xff));
    expect(() => parseIdx(lying)).toThrow('truncated');
  });
});

describe('encodeIdx', () => {
  it('writes the file written by hand', () => {
    expect(encodeIdx({ shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) })).toEqual(small);
  });

  it('refuses a shape that is not that of the data, and data of another kind', () => {
    expect(() => encodeIdx({ shape: [2, 2], data: new Uint8Array(5) })).toThrow('[2, 2] for 5 values');
    expect(() => encodeIdx({ shape: [], data: new Uint8Array(1) })).toThrow('1 to 255 sizes');
    expect(() => encodeIdx({ shape: [1], data: new Uint16Array(1) as unknown as Int16Array })).toThrow(
      'Uint16Array',
    );
  });
});

describe('readIdx', () => {
  it('reads plain and gzip files alike', async () => {
    expect(await readIdx(gzipSync(small))).toEqual(parseIdx(small));
    expect(await readIdx(small)).toEqual(parseIdx(small));
  });

  it('refuses gzip that is truncated, corrupt, or holds something else, and names the file', async () => {
    const packed = gzipSync(
      encodeIdx({ shape: [5000], data: Uint8Array.from({ length: 5000 }, (_, i) => i * i) }),
    );
    const corrupt = Uint8Array.from(packed);
    corrupt[packed.length - 6]! ^= 1;
    for (const damaged of [
      packed.subarray(0, packed.length >> 1),
      packed.subarray(0, 2),
      packed.subarray(0, packed.length - 1),
      corrupt,
    ]) {
      await expect(readIdx(damaged, 'x.gz')).rejects.toThrow(
        /^readIdx: x\.gz: expected a complete gzip file/,
      );
      await expect(readIdx(damaged, 'x.gz')).rejects.toBeInstanceOf(DataFileError);
    }
    await expect(readIdx(gzipSync('hello'), 'x.gz')).rejects.toThrow(
      'parseIdx: x.gz: expected an IDX header',
    );
  });
});
