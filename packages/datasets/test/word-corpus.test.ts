import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DataFileError,
  DatasetError,
  decodeWords,
  encodeWords,
  UnknownWordError,
  vocabularyOf,
} from '../src/index.js';
import { loadPTB, loadWikiText2 } from '../src/node.js';

const train = ' \n = The Sea = \n \n the sea is <unk> , the sea é \n';
const held = ' the sea = \n \n is <unk>';

describe('words and tokens', () => {
  it('numbers <eos> first and the words as they occur, and ends every line with <eos>', () => {
    const vocabulary = vocabularyOf(train);
    expect(vocabulary.words).toEqual(['<eos>', '=', 'The', 'Sea', 'the', 'sea', 'is', '<unk>', ',', 'é']);
    expect([...encodeWords(train, vocabulary)]).toEqual([0, 1, 2, 3, 1, 0, 0, 4, 5, 6, 7, 8, 4, 5, 9, 0]);
    expect([...encodeWords(held, vocabulary)]).toEqual([4, 5, 1, 0, 0, 6, 7, 0]);
  });

  it('keeps a no-break space inside its word, and reads Windows line ends', () => {
    expect(vocabularyOf('10\u00a0km\r\nfar\r\n').words).toEqual(['<eos>', '10\u00a0km', 'far']);
  });

  it('decodes what it encoded, for any text of single spaces', () => {
    const word = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', 'é', '<', '中') });
    const text = fc
      .array(fc.array(word, { maxLength: 4 }), { minLength: 1, maxLength: 6 })
      .filter((lines) => lines.flat().length > 0)
      .map((lines) => lines.map((line) => `${line.join(' ')}\n`).join(''));
    fc.assert(
      fc.property(text, (original) => {
        const vocabulary = vocabularyOf(original);
        expect(decodeWords(encodeWords(original, vocabulary), vocabulary)).toBe(original);
      }),
    );
  });

  it('names the word outside the vocabulary and its line', () => {
    const encode = () => encodeWords('the sea\nthe land\n', vocabularyOf(train));
    expect(encode).toThrow(UnknownWordError);
    expect(encode).toThrow('"land" in line 2');
    expect(() => encodeWords(`the ${'a'.repeat(1e6)}\n`, vocabularyOf(train))).toThrow(
      /"a{60}\.\.\." in line 1/,
    );
    expect(() => decodeWords([1, 10], vocabularyOf(train))).toThrow('got 10 at position 1');
    expect(() => decodeWords([-1], vocabularyOf(train))).toThrow(DatasetError);
  });

  it('leaves rare words out, whose place <unk> takes where it is asked to', () => {
    const vocabulary = vocabularyOf(train, { leastCount: 2 });
    expect(vocabulary.words).toEqual(['<eos>', '<unk>', '=', 'the', 'sea']);
    const tokens = encodeWords('the calm sea\n', vocabulary, { unknown: '<unk>' });
    expect(decodeWords(tokens, vocabulary)).toBe('the <unk> sea\n');
    expect(() => encodeWords('the calm sea', vocabulary)).toThrow('"calm" in line 1');
    expect(() => encodeWords('the calm sea', vocabulary, { unknown: '?' })).toThrow(UnknownWordError);
    expect(() => vocabularyOf(train, { leastCount: 0 })).toThrow('leastCount');
  });

  it('refuses a text without words', () => {
    expect(() => vocabularyOf(' \n\n')).toThrow('a text with at least one word');
    expect(() => encodeWords('', vocabularyOf(train))).toThrow(DatasetError);
  });
});

describe('loadWikiText2 and loadPTB', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hurwitz-words-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  const names = { train: 'train.txt', validation: 'valid.txt', test: 'test.txt' };
  async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
    const folder = await mkdtemp(join(root, 'data-'));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return folder;
  }

  it('reads plain files, packed files and the first published names alike', async () => {
    const plain = { [names.train]: train, [names.validation]: held, [names.test]: held };
    const packed = { 'train.txt.gz': gzipSync(train), 'valid.txt': held, 'test.txt.gz': gzipSync(held) };
    const first = { 'wiki.train.tokens': train, 'wiki.valid.tokens': held, 'wiki.test.tokens': held };
    const ptb = { 'ptb.train.txt': train, 'ptb.valid.txt.gz': gzipSync(held), 'ptb.test.txt': held };
    const corpora = [
      ...(await Promise.all([plain, packed, first].map(async (f) => loadWikiText2(await folderWith(f))))),
      await loadPTB(await folderWith(ptb)),
    ];
    for (const corpus of corpora) expect(corpus).toEqual(corpora[0]);
    const { vocabulary, test } = corpora[0]!;
    expect(decodeWords(test, vocabulary)).toBe('the sea =\n\nis <unk>\n');
  });

  it('names every missing file, and the folder', async () => {
    const folder = await folderWith({ 'train.txt': train });
    await expect(loadWikiText2(folder)).rejects.toThrow('got no valid.txt, no test.txt');
    await expect(loadPTB(join(folder, 'absent'))).rejects.toThrow(DataFileError);
  });

  it.each([
    ['empty', '', 'at least one word'],
    ['not UTF-8', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a), 'a text in UTF-8'],
    ['damaged gzip', gzipSync(train).subarray(0, 20), 'a complete gzip file'],
  ])('refuses a text that is %s, by its file', async (_, content, message) => {
    const folder = await folderWith({ 'train.txt': train, 'valid.txt': content, 'test.txt': held });
    await expect(loadWikiText2(folder)).rejects.toThrow(message);
    await expect(loadWikiText2(folder)).rejects.toThrow('valid.txt');
    await expect(loadWikiText2(folder)).rejects.toThrow(DataFileError);
  });

  it('names the file of a word that the training text has not', async () => {
    const folder = await folderWith({ 'train.txt': train, 'valid.txt': held, 'test.txt': 'the land' });
    await expect(loadWikiText2(folder)).rejects.toThrow(UnknownWordError);
    await expect(loadWikiText2(folder)).rejects.toThrow(/test\.txt.*"land" in line 1/);
  });

  // The variable names the folder of MNIST; the others lie beside it.
  const mnist = process.env['HURWITZ_DATA_DIR'];
  const data = mnist && join(mnist, '..');
  it.skipIf(data === undefined || !existsSync(join(data, 'wikitext-2')))(
    'finds the published sizes of WikiText-2',
    async () => {
      const corpus = await loadWikiText2(join(data!, 'wikitext-2'));
      expect(corpus.vocabulary.words).toHaveLength(33_278);
      const { train, validation, test } = corpus;
      expect([train.length, validation.length, test.length]).toEqual([2_088_628, 217_646, 245_569]);
    },
  );

  it.skipIf(data === undefined || !existsSync(join(data, 'ptb')))(
    'finds the published sizes of PTB',
    async () => {
      const corpus = await loadPTB(join(data!, 'ptb'));
      expect(corpus.vocabulary.words).toHaveLength(10_000);
      const { train, validation, test } = corpus;
      expect([train.length, validation.length, test.length]).toEqual([929_589, 73_760, 82_430]);
    },
  );
});
