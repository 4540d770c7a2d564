import { endOfLine, type WordCorpus } from '@hurwitz/datasets';
import { loadPTB, loadWikiText2 } from '@hurwitz/datasets/node';
import { UserError } from '../errors.js';
import { languageModelStage, type TextConfig, type TokenCorpus } from '../models/language-model.js';
import { recurrentOptions, stable } from '../options/model-options.js';
import { count, option } from '../options/option.js';
import { dataDir, length } from '../options/task-options.js';
import { defineTask, type Section, type Task, type TaskResults } from './task.js';

/** What the model needs of a corpus. */
export function tokenCorpus({ vocabulary, train, validation, test }: WordCorpus): TokenCorpus {
  const start = vocabulary.numbers.get(endOfLine)!;
  return { vocabularySize: vocabulary.words.length, train, validation, test, start };
}

interface Corpus {
  /** Of the task. */
  task: string;
  /** For people. */
  name: string;
  load: (folder: string) => Promise<WordCorpus>;
}

async function wordTask(
  { task, name, load }: Corpus,
  config: TextConfig & { dataDir?: string },
): Promise<Task> {
  const { dataDir, length, truncate } = config;
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

const truncate = option(count.optional(), {
  kind: 'number',
  group: 'Model',
  about: 'wikitext-2, ptb: at each word, the state after so many words from zero',
});

const wordLevel = {
  options: { ...recurrentOptions, stable, truncate, length, dataDir },
  sizes: ({ length }: { length: number }) => ({ steps: length, inputs: 1, outputs: 0, data: 0 }),
  refuse: ({ truncate = 0, length }: { truncate?: number; length: number }) => ({
    truncate: truncate > length ? `must be at most --length, ${length}` : undefined,
  }),
};

const defaults = {
  cell: 'lstm',
  units: 64,
  batchSize: 20,
  length: 35,
  learningRate: 0.005,
  clipNorm: 1,
  checkpointEvery: 500,
} as const;

export const wikiText2 = defineTask({
  ...wordLevel,
  name: 'wikitext-2',
  about: 'the next word of WikiText-2',
  defaults: { ...defaults, epochs: 1 },
  build: (config) => wordTask({ task: 'wikitext-2', name: 'WikiText-2', load: loadWikiText2 }, config),
});

export const ptb = defineTask({
  ...wordLevel,
  name: 'ptb',
  about: 'the next word of the Penn Treebank',
  defaults: { ...defaults, epochs: 4 },
  build: (config) => wordTask({ task: 'ptb', name: 'Penn Treebank', load: loadPTB }, config),
});
