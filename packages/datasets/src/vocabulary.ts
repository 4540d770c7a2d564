import { DatasetError, UnknownWordError } from './errors.js';

/** The word that ends every line. */
export const endOfLine = '<eos>';

/** The words of a corpus, numbered from 0. */
export interface Vocabulary {
  /** Word number i. */
  readonly words: readonly string[];
  /** The number of a word. */
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * The vocabulary of a text: `<eos>`, then its words in the order of their first occurrence.
 *
 * @param text - Lines of words between spaces, as the tokenised corpora have them.
 * @throws {DatasetError} if the text has no word.
 */
export function vocabularyOf(text: string): Vocabulary {
  const numbers = new Map([[endOfLine, 0]]);
  for (const line of lines(text)) {
    for (const word of words(line)) if (!numbers.has(word)) numbers.set(word, numbers.size);
  }
  requireWords('vocabularyOf', numbers.size - 1);
  return { words: [...numbers.keys()], numbers };
}

/**
 * A text as the numbers of its words, with `<eos>` after every line (an empty one is `<eos>` alone). A line break at the
 * end of the text begins no further line.
 *
 * @throws {UnknownWordError} at the first word outside the vocabulary.
 * @throws {DatasetError} if the text is empty.
 */
export function encodeWords(text: string, { numbers }: Vocabulary): Int32Array {
  const where = 'encodeWords';
  const tokens: number[] = [];
  for (const [i, line] of lines(text).entries()) {
    for (const word of [...words(line), endOfLine]) {
      const number = numbers.get(word);
      if (number === undefined) throw new UnknownWordError(where, word, i + 1);
      tokens.push(number);
    }
  }
  requireWords(where, tokens.length);
  return Int32Array.from(tokens);
}

/**
 * The text of some tokens: words with a space between them, a line break for `<eos>`.
 *
 * @throws {DatasetError} if a token is no number of a word.
 */
export function decodeWords(tokens: ArrayLike<number>, { words }: Vocabulary): string {
  let text = '';
  for (let i = 0; i < tokens.length; i++) {
    const word = words[tokens[i]!];
    if (word === undefined) {
      const expected = `tokens from 0 to ${words.length - 1}, the vocabulary's`;
      const fix = 'Decode with the vocabulary that encoded them';
      throw new DatasetError('decodeWords', expected, `${tokens[i]} at position ${i}`, fix);
    }
    text += word === endOfLine ? '\n' : text === '' || text.endsWith('\n') ? word : ` ${word}`;
  }
  return text;
}

function lines(text: string): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

// Spaces of ASCII only: a no-break space is part of a word, as for the tools that made these corpora.
const words = (line: string): string[] => line.split(/[ \t\r\f\v]+/).filter((word) => word !== '');

function requireWords(where: string, count: number): void {
  if (count > 0) return;
  throw new DatasetError(where, 'a text with at least one word', 'an empty one', 'Check the file');
}
