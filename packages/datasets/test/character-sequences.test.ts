import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CharacterSequencesOptions,
  characterSequences,
  DataFileError,
  DatasetError,
  gather,
  readText,
  type SequenceDataset,
} from '../src/index.js';
import { loadWarAndPeace } from '../src/node.js';

/** What a part reads and predicts, as text. */
function texts(
  part: SequenceDataset,
  vocabulary: readonly string[],
): { read: string[]; predicted: string[] } {
  const rows = Array.from({ length: part.size }, (_, i) => gather(part, [i]));
  const decode = (tokens: ArrayLike<number>): string =>
    Array.from(tokens, (token) => vocabulary[token]).join('');
  return {
    read: rows.map(({ inputs }) => decode(inputs)),
    predicted: rows.map(({ targets }) => decode(targets)),
  };
}

describe('characterSequences', () => {
  it('cuts a text into sequences whose targets are the next characters, across their ends', () => {
    const text = 'abcdefghijklmnopqrstuvwxyzABCD'; // 30 characters: 18 + 6 + 6
    const { vocabulary, train, validation, test } = characterSequences(text, {
      length: 4,
      fractions: { train: 0.6, validation: 0.2 },
    });
    expect(vocabulary.join('')).toBe('ABCDabcdefghijklmnopqrstuvwxyz');
    expect(texts(train, vocabulary)).toEqual({
      read: ['abcd', 'efgh', 'ijkl', 'mnop'],
      predicted: ['bcde', 'fghi', 'jklm', 'nopq'],
    });
    expect(texts(validation, vocabulary)).toEqual({ read: ['stuv'], predicted: ['tuvw'] });
    expect(texts(test, vocabulary)).toEqual({ read: ['yzAB'], predicted: ['zABC'] });
  });

  it('gives tokens as int32 [size, length] and labels of the same shape', () => {
    const { train } = characterSequences('ab'.repeat(100), { length: 5 });
    const batch = gather(train, [0, 2]);
    expect(batch.inputs).toEqual(Int32Array.of(0, 1, 0, 1, 0, 0, 1, 0, 1, 0));
    expect(batch.targets).toEqual(Int32Array.of(1, 0, 1, 0, 1, 1, 0, 1, 0, 1));
    expect([batch.inputShape, batch.targetShape, train.inputDim, train.classes]).toEqual([
      [2, 5],
      [2, 5],
      2,
      2,
    ]);
  });

  it('reads every part as a contiguous piece of the text, in order (property)', () => {
    fc.assert(
      fc.property(
        fc
          .string({ minLength: 60, maxLength: 400, unit: 'grapheme' })
          .filter((text) => new Set(text).size > 1),
        fc.integer({ min: 1, max: 5 }),
        (text, length) => {
          const characters = Array.from(text);
          fc.pre(characters.length >= 60);
          const { vocabulary, ...parts } = characterSequences(text, { length });
          let from = 0;
          for (const [name, share] of [
            ['train', 0.8],
            ['validation', 0.9],
            ['test', 1],
          ] as const) {
            const to = Math.round(characters.length * share);
            const part = characters.slice(from, to);
            const { read, predicted } = texts(parts[name], vocabulary);
            const size = Math.floor((part.length - 1) / length);
            expect(read.join('')).toBe(part.slice(0, size * length).join(''));
            expect(predicted.join('')).toBe(part.slice(1, size * length + 1).join(''));
            from = to;
          }
        },
      ),
    );
  });

  it('numbers more than 256 characters too', () => {
    const many = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('');
    const { vocabulary, train } = characterSequences(many.repeat(2), { length: 3 });
    expect(vocabulary).toHaveLength(300);
    expect(gather(train, [97]).inputs).toEqual(Int32Array.of(291, 292, 293));
  });

  it.each<[string, string, CharacterSequencesOptions, string]>([
    ['an empty text', '', {}, 'got an empty one'],
    ['a text of one character', 'aaaa', {}, 'one character over and over'],
    [
      'a text too short',
      'abcd'.repeat(20),
      {},
      'at least 101 characters in the characters, training part, got 64',
    ],
    ['a length of 0', 'abcd', { length: 0 }, 'length to be an integer of at least 1'],
    ['a NaN fraction', 'abcd', { fractions: { train: Number.NaN, validation: 0.1 } }, 'fractions.train'],
    [
      'no room for the test',
      'abcd',
      { fractions: { train: 0.9, validation: 0.1 } },
      'to be below 1, got 0.9 + 0.1',
    ],
  ])('refuses %s', (_, text, options, message) => {
    expect(() => characterSequences(text, options)).toThrow(DatasetError);
    expect(() => characterSequences(text, options)).toThrow(message);
  });
});

describe('reading a text', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hurwitz-text-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const utf8 = new TextEncoder();

  it('reads plain and gzip files alike, without the byte order mark', async () => {
    const text = 'Andréi — “Eh bien”\n';
    expect(await readText(utf8.encode(`\ufeff${text}`))).toBe(text);
    await writeFile(join(folder, 'input.txt.gz'), gzipSync(text));
    expect(await loadWarAndPeace(folder)).toBe(text);
    await writeFile(join(folder, 'input.txt'), 'plain goes first');
    expect(await loadWarAndPeace(folder)).toBe('plain goes first');
  });

  it.each([
    ['no bytes', new Uint8Array(), 'expected a text, got an empty file'],
    ['an empty gzip file', gzipSync(''), 'expected a text, got an empty file'],
    ['Latin-1', Uint8Array.of(0x41, 0xe9, 0x42), 'expected a text in UTF-8'],
    ['a cut gzip file', gzipSync('War and Peace').subarray(0, 20), 'a complete gzip file'],
  ])('refuses %s by the name of the file', async (_, bytes, message) => {
    const error = await readText(bytes, 'book.txt').catch((caught) => caught);
    expect(error).toBeInstanceOf(DataFileError);
    expect(error.file).toBe('book.txt');
    expect(error.message).toContain(message);
  });

  it('says what a folder lacks', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    await expect(loadWarAndPeace(empty)).rejects.toThrow('got no input.txt');
    await expect(loadWarAndPeace(join(empty, 'nowhere'))).rejects.toThrow(DataFileError);
  });
});
