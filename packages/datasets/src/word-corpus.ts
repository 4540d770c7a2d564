import { requireBytes, requireFunction, requireObject, requireText } from './checks.js';
import { DataFileError, DatasetError } from './errors.js';
import { type NamedBytes, type UnpackOptions, unpacked } from './gzip.js';
import { decodeText } from './read-text.js';
import { encodeWords, type Vocabulary, vocabularyOf } from './vocabulary.js';

/** The parts of a corpus. */
export type CorpusPart = 'train' | 'validation' | 'test';

/** A text cut into tokens, in its three parts. */
export interface WordCorpus {
  /** The words of the training text. */
  readonly vocabulary: Vocabulary;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/**
 * Reads a word-level corpus from the bytes of its three texts, plain or gzip, UTF-8. The vocabulary is that of the
 * training text; every line ends with `<eos>`.
 *
 * @param read - Gives the bytes of a part, and what messages call it.
 * @throws {UnknownWordError} if the validation or test text has a word outside the vocabulary.
 * @throws {DataFileError} if a text is empty, damaged or not UTF-8, or unpacks to more than `maxBytes`.
 * @throws {DatasetError} if `read` is no function or gives something else.
 */
export async function readWordCorpus(
  read: (part: CorpusPart) => Promise<NamedBytes>,
  options?: UnpackOptions,
): Promise<WordCorpus> {
  requireFunction(where, 'read', read);
  const open = async (part: CorpusPart): Promise<NamedText> => {
    const { file, bytes } = requireObject(where, `what read gives for ${part}`, await read(part));
    requireText(where, `file of ${part}`, file);
    requireBytes(where, `bytes of ${part}`, bytes);
    const text = decodeText(where, await unpacked(where, { file, bytes }, options), file);
    return { file, text: requireWords(text, file) };
  };
  const train = await open('train');
  const vocabulary = inFile(train, vocabularyOf);
  const tokens = (named: NamedText): Int32Array => inFile(named, (text) => encodeWords(text, vocabulary));
  return {
    vocabulary,
    train: tokens(train),
    validation: tokens(await open('validation')),
    test: tokens(await open('test')),
  };
}

const where = 'readWordCorpus';

interface NamedText {
  readonly file: string;
  readonly text: string;
}

function requireWords(text: string, file: string): string {
  if (text.trim() !== '') return text;
  const fix = 'The file is truncated: download it again';
  throw new DataFileError(where, file, 'a text with at least one word', 'an empty one', fix);
}

/** Does something with a text; an error that concerns it names its file. */
function inFile<T>({ file, text }: NamedText, action: (text: string) => T): T {
  try {
    return action(text);
  } catch (error) {
    if (error instanceof DatasetError) error.message = `${file}: ${error.message}`;
    throw error;
  }
}
