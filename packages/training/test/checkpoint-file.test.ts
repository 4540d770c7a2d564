import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DamagedFileError } from '../src/errors.js';
import { type Checkpoint, checkpointBytes, readCheckpoint } from '../src/run/checkpoint-file.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hurwitz-checkpoint-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const writeCheckpoint = (path: string, checkpoint: Checkpoint): void =>
  writeFileSync(path, checkpointBytes(checkpoint));

const arrays = fc.array(
  fc.record({
    name: fc.string(),
    values: fc.float32Array({ maxLength: 20 }),
  }),
  { maxLength: 4 },
);

describe('a checkpoint file', () => {
  it('gives back header and arrays to the bit, NaN and -0 included', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), arrays, (header, list) => {
        const path = join(folder, 'round-trip');
        const written = list.map(({ name, values }) => ({ name, shape: [values.length], values }));
        writeCheckpoint(path, { header, arrays: written });
        const read = readCheckpoint(path);
        expect(JSON.stringify(read.header)).toBe(JSON.stringify(header));
        expect(read.arrays.map(({ name, shape }) => ({ name, shape }))).toEqual(
          written.map(({ name, shape }) => ({ name, shape })),
        );
        const bits = ({ values }: { values: Float32Array }): number[] => [
          ...new Uint32Array(values.slice().buffer),
        ];
        expect(read.arrays.map(bits)).toEqual(written.map(bits));
      }),
      { numRuns: 50 },
    );
  });

  it('tells every single flipped bit and every truncation from the original', () => {
    const path = join(folder, 'damaged');
    const values = Float32Array.of(1.5, -2.25, 3);
    writeCheckpoint(path, { header: { step: 3 }, arrays: [{ name: 'w', shape: [3], values }] });
    const whole = readFileSync(path);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      writeFileSync(path, bytes);
      expect(() => readCheckpoint(path)).toThrow(DamagedFileError);
    }
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => readCheckpoint(path)).toThrow(DamagedFileError);
    }
  });
});
