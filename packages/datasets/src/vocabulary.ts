import { describe, readOptions, requireInteger, requireList, requireObject, requireText } from './checks.js';
import { DatasetError, UnknownWordError } from './errors.js';

/** The word that ends every line. */
export const endOfLine = '<eos>';

/** The word that stands for all that a vocabulary leaves out, in the tokenised corpora. */
export const unknownWord = '<unk>';

/** The words of a corpus, numbered from 0. */
export interface Vocabulary {
  /** Word number i. */
  readonly words: readonly string[];
  /** The number of a word. */
  readonly numbers: ReadonlyMap<string, number>;
}

/**
 * The vocabulary of a text: `<eos>`, then its words in the order of their first occurrence. With `leastCount` above 1, rarer
 * words are left out and `<unk>` is in it: 3 is how WikiText-2 and its like were made.
 *
 * @param text - Lines of words between spaces, as the tokenised corpora have them.
 * @throws {DatasetError} if the text has no word, or `leastCount` is no positive integer.
 */
export function vocabularyOf(text: string, options?: { leastCount?: number }): Vocabulary {
  const { leastCount = 1 } = readOptions('vocabularyOf', options, ['leastCount']);
  requireText('vocabularyOf', 'text', text, true);
  requireInteger('vocabularyOf', 'leastCount', leastCount, 1);
  const counts = new Map<string, number>();
  for (const line of lines(text)) {
    for (const word of words(line)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  requireWords('vocabularyOf', counts.size);
  const kept = [...counts.keys()].filter((word) => counts.get(word)! >= leastCount);
  const fixed = leastCount > 1 ? [endOfLine, unknownWord] : [endOfLine];
  const all = [...new Set([...fixed, ...kept])];
  return { words: all, numbers: new Map(all.map((word, number) => [word, number])) };
}

/**
 * A text as the numbers of its words, with `<eos>` after every line (an empty one is `<eos>` alone). A line break at the
 * end of the text begins no further line.
 *
 * @param options.unknown - What stands for words outside the vocabulary, such as `<unk>`; without it they are refused.
 * @throws {UnknownWordError} at the first word outside the vocabulary, or if `unknown` is outside it.
 * @throws {DatasetError} if the text is empty.
 */
export function encodeWords(
  text: string,
  vocabulary: Vocabulary,
  options?: { unknown?: string },
): Int32Array {
  const where = 'encodeWords';
  const { unknown } = readOptions(where, options, ['unknown']);
  requireText(where, 'text', text, true);
  const { numbers } = requireVocabulary(where, vocabulary);
  if (unknown !== undefined) requireText(where, 'unknown', unknown);
  const other = unknown === undefined ? undefined : numbers.get(unknown);
  const tokens: number[] = [];
  for (const [i, line] of lines(text).entries()) {
    for (const word of [...words(line), endOfLine]) {
      const number = numbers.get(word) ?? other;
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
export function decodeWords(tokens: ArrayLike<number>, vocabulary: Vocabulary): string {
  const { words } = requireVocabulary('decodeWords', vocabulary);
  requireList('decodeWords', 'tokens', tokens);
  const pieces: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const word = Number.isInteger(tokens[i]) ? words[tokens[i]!] : undefined;
    if (word === undefined) {
      const expected = `tokens from 0 to ${words.length - 1}, the vocabulary's`;
      const fix = 'Decode with the vocabulary that encoded them';
      throw new DatasetError('decodeWords', expected, `${describe(tokens[i])} at position ${i}`, fix);
    }
    const inLine = pieces.length > 0 && pieces.at(-1) !== '\n';
    pieces.push(word === endOfLine ? '\n' : inLine ? ` ${word}` : word);
  }
  return pieces.join('');
}

function lines(text: string): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

// Spaces of ASCII only: a no-break space is part of a word, as for the tools that made these corpora.
const words = (line: string): string[] => line.split(/[ \t\r\f\v]+/).filter((word) => word !== '');

function requireVocabulary(where: string, vocabulary: Vocabulary): Vocabulary {
  const { words, numbers } = requireObject(where, 'vocabulary', vocabulary);
  if (Array.isArray(words) && numbers instanceof Map) return vocabulary;
  throw new DatasetError(
    where,
    'vocabulary to have words, an array, and numbers, a Map',
    describe(vocabulary),
    'Make one by vocabularyOf',
  );
}

function requireWords(where: string, count: number): void {
  if (count > 0) return;
  throw new DatasetError(where, 'a text with at least one word', 'an empty one', 'Check the file');
}
