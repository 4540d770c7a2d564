import { endOfLine, type WordCorpus } from '@hurwitz/datasets';
import { loadPTB, loadWikiText2 } from '@hurwitz/datasets/node';
import type { Config } from '../config/schema.js';
import { UserError } from '../errors.js';
import { languageModelStage, type TokenCorpus } from './language-model.js';
import type { Section, Task, TaskResults } from './task.js';

/** Prediction of the next word of WikiText-2. */
export function wikiText2Task(config: Config): Promise<Task> {
  return wordTask(config, 'WikiText-2', loadWikiText2);
}

/** Prediction of the next word of the Penn Treebank. */
export function ptbTask(config: Config): Promise<Task> {
  return wordTask(config, 'Penn Treebank', loadPTB);
}

/** What the model needs of a corpus. */
export function tokenCorpus({ vocabulary, train, validation, test }: WordCorpus): TokenCorpus {
  const start = vocabulary.numbers.get(endOfLine)!;
  return { vocabularySize: vocabulary.words.length, train, validation, test, start };
}

async function wordTask(
  config: Config,
  name: string,
  load: (folder: string) => Promise<WordCorpus>,
): Promise<Task> {
  const { task, dataDir, length, truncate } = config;
  if (dataDir === undefined) {
    throw new UserError(`${task} needs --data-dir, the folder with the training, validation and test text.`);
  }
  const corpus = tokenCorpus(await load(dataDir));
  const reach = truncate === undefined ? `${length} steps of back-propagation` : `the last ${truncate} words`;
  return {
    title: `${name}, ${corpus.vocabularySize.toLocaleString('en')} words, ${reach}`,
    stages: [async () => languageModelStage(config, corpus)],
    sections: async (results) => [resultSection(corpus, results)],
  };
}

function resultSection({ test }: TokenCorpus, { results }: TaskResults): Section {
  const rows = Object.entries(results).map(([name, { perplexity = Number.NaN, loss = Number.NaN }]) => [
    name,
    perplexity.toFixed(2),
    loss.toPrecision(4),
    test.length.toLocaleString('en'),
  ]);
  return {
    title: 'Result on the test text',
    text: 'Over every word and line end, the first predicted from a line end before it. Measured once, with the weights of the epoch that was best on the validation text.',
    table: { columns: ['cell', 'perplexity', 'nats per word', 'words'], rows },
  };
}
