import { openFolder } from './data-folder.js';
import type { UnpackOptions } from './gzip.js';
import { type CorpusPart, readWordCorpus, type WordCorpus } from './word-corpus.js';

/**
 * Reads WikiText-2 (Merity et al., Pointer Sentinel Mixture Models, ICLR 2017) from a folder with `train.txt`, `valid.txt` and
 * `test.txt`, or `wiki.train.tokens` and so on as first published, each plain or with `.gz`. 33,278 words with `<eos>`;
 * 2,088,628 tokens of training text.
 *
 * @throws {DataFileError} if the folder or a file is missing (all missing ones are named), or a text is empty, damaged,
 *   not UTF-8 or larger than `maxBytes`.
 * @throws {UnknownWordError} if the validation or test text has a word that the training text has not.
 */
export function loadWikiText2(folder: string, options?: UnpackOptions): Promise<WordCorpus> {
  const wanted = {
    files: {
      train: ['train.txt', 'wiki.train.tokens'],
      validation: ['valid.txt', 'wiki.valid.tokens'],
      test: ['test.txt', 'wiki.test.tokens'],
    },
    what: 'the three WikiText-2 files',
    advice: 'Unpack wikitext-2-v1.zip there, or give the folder that holds them',
  };
  return load('loadWikiText2', { folder, options }, wanted);
}

/**
 * Reads the Penn Treebank in the form of Mikolov et al. (Interspeech 2010) from a folder with `ptb.train.txt`,
 * `ptb.valid.txt` and `ptb.test.txt`, each plain or with `.gz`. 10,000 words with `<eos>`; 929,589 tokens of training
 * text.
 *
 * @throws as {@link loadWikiText2}.
 */
export function loadPTB(folder: string, options?: UnpackOptions): Promise<WordCorpus> {
  const wanted = {
    files: { train: ['ptb.train.txt'], validation: ['ptb.valid.txt'], test: ['ptb.test.txt'] },
    what: 'the three Penn Treebank files',
    advice:
      "Take them from the data folder of Mikolov's simple-examples.tgz, or give the folder that holds them",
  };
  return load('loadPTB', { folder, options }, wanted);
}

async function load(
  where: string,
  { folder, options }: { folder: string; options: UnpackOptions | undefined },
  wanted: { files: Record<CorpusPart, string[]>; what: string; advice: string },
): Promise<WordCorpus> {
  return readWordCorpus(await openFolder(where, folder, wanted, options), options);
}
