import { readOptions, requireInteger, requireObject, requirePositive, requireText } from './checks.js';
import { DatasetError } from './errors.js';
import type { DatasetSplits } from './pixel-mnist.js';
import { type SequenceDataset, sequenceDataset } from './sequence-dataset.js';

/** How `characterSequences` cuts a text. */
export interface CharacterSequencesOptions {
  name?: string;
  /** Characters that are read in one sequence. */
  length?: number;
  /** Parts of the text for training and validation, from its beginning; the rest is for testing. */
  fractions?: { readonly train: number; readonly validation: number };
}

/** A text as sequences of characters, and the characters: token i is `vocabulary[i]`. */
export interface CharacterSequences extends DatasetSplits {
  readonly vocabulary: readonly string[];
}

/**
 * A text cut into sequences of `length` characters for a model that predicts the next one: tokens [size, length] and, as
 * targets, labels [size, length] of the characters that follow each. The last target of a sequence is the first character of
 * the sequence after it, so no prediction wraps around and, within a part, no character but the first and those of an
 * incomplete last sequence goes unpredicted.
 *
 * Training, validation and test part are contiguous, in this order, 0.8, 0.1 and 0.1 of the text by default; a part's
 * sequences are in the order of the text. The vocabulary holds the Unicode characters of the whole text in the order of their
 * code points.
 *
 * @throws {DatasetError} if a part is too short for one sequence, the text has fewer than two different characters, or
 *   the fractions leave nothing for the test.
 */
export function characterSequences(text: string, options?: CharacterSequencesOptions): CharacterSequences {
  const {
    name = 'characters',
    length = 100,
    fractions = { train: 0.8, validation: 0.1 },
  } = readOptions(where, options, ['name', 'length', 'fractions']);
  requireText(where, 'text', text, true);
  requireText(where, 'name', name);
  requireInteger(where, 'length', length, 1);
  requireFractions(fractions);
  const { tokens, vocabulary } = tokenise(text);
  const { train, validation } = fractions;
  const trainEnd = Math.round(tokens.length * train);
  const validationEnd = Math.round(tokens.length * (train + validation));
  const part = (what: string, from: number, to: number): SequenceDataset =>
    nextCharacters(`${name}, ${what}`, tokens.subarray(from, to), { length, classes: vocabulary.length });
  return {
    vocabulary,
    train: part('training part', 0, trainEnd),
    validation: part('validation part', trainEnd, validationEnd),
    test: part('test part', validationEnd, tokens.length),
  };
}

const where = 'characterSequences';

type Tokens = Uint8Array | Int32Array;

function tokenise(text: string): { tokens: Tokens; vocabulary: string[] } {
  const characters = Array.from(text);
  const codePoint = (character: string): number => character.codePointAt(0)!;
  const vocabulary = [...new Set(characters)].sort((a, b) => codePoint(a) - codePoint(b));
  if (vocabulary.length < 2) {
    const got = vocabulary.length === 0 ? 'an empty one' : 'one character over and over';
    throw new DatasetError(where, 'a text of at least two different characters', got, 'Check the file');
  }
  const numbers = new Map(vocabulary.map((character, i) => [character, i]));
  const tokens = new (vocabulary.length <= 256 ? Uint8Array : Int32Array)(characters.length);
  for (const [i, character] of characters.entries()) tokens[i] = numbers.get(character)!;
  return { tokens, vocabulary };
}

/** Inputs and targets are the same numbers, one place apart. */
function nextCharacters(
  name: string,
  tokens: Tokens,
  { length, classes }: { length: number; classes: number },
): SequenceDataset {
  const size = Math.floor((tokens.length - 1) / length);
  if (size < 1) {
    throw new DatasetError(
      where,
      `at least ${length + 1} characters in the ${name}`,
      `${tokens.length}`,
      'Use more text, a smaller length or other fractions',
    );
  }
  return sequenceDataset({
    name,
    inputs: tokens.subarray(0, size * length),
    shape: [size, length, classes],
    tokens: true,
    targets: tokens.subarray(1, size * length + 1),
    targetShape: [length],
    classes,
  });
}

function requireFractions(fractions: { train: number; validation: number }): void {
  const { train, validation } = requireObject(where, 'fractions', fractions);
  requirePositive(where, 'fractions.train', train);
  requirePositive(where, 'fractions.validation', validation);
  if (train + validation < 1) return;
  throw new DatasetError(
    where,
    'fractions.train + fractions.validation to be below 1',
    `${train} + ${validation}`,
    'Leave a part of the text for the test',
  );
}
