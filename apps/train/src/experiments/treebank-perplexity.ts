import { configVersion, defaultsOf, validateConfig } from '@hurwitz/training';
import type { Experiment } from './experiment.js';
import { markdownTable } from './ledger.js';
import { trainedRun } from './trained-run.js';

interface Settings {
  units: number;
  epochs: number;
}

/** An LSTM on the Penn Treebank by words. */
export const treebankPerplexity: Experiment<Settings> = {
  id: 'treebank-perplexity',
  title: 'Penn Treebank, word by word (a task of Miller and Hardt)',
  paper: 'Miller and Hardt 2019',
  data: 'the folder of the Penn Treebank',
  settings: ({ full }) => ({ units: full ? 256 : 64, epochs: full ? 10 : 1 }),
  async run(context) {
    const { settings, seed, dataDir } = context;
    const task = 'ptb';
    const config = validateConfig({
      ...defaultsOf(task),
      ...settings,
      ...{ version: configVersion, task, dataDir, seed },
    });
    const { entries, results } = await trainedRun(context, 'lstm', config);
    const test = Object.values(results)[0]!['perplexity']!;
    const validation = entries.map((entry) => entry['validation_perplexity'] as number);
    return {
      numbers: { entries, results },
      figures: [],
      sizes: [
        { quantity: 'epochs', paper: 'not given', here: settings.epochs },
        { quantity: 'units', paper: 'not given', here: settings.units },
      ],
      comparison: [
        {
          quantity: 'test perplexity, LSTM, unconstrained',
          paper: 'not in the part that could be read',
          here: test.toFixed(1),
        },
      ],
      tuned: 'nothing',
      text: `
\`hurwitz train ptb\`: an LSTM of ${settings.units} units, 10,000 words, full softmax. Perplexity over every word: ${test.toFixed(1)} on the test text.

${markdownTable(['epoch', ...validation.map((_, i) => String(i + 1))], [['validation perplexity', ...validation.map((value) => value.toFixed(1))]])}`,
    };
  },
};
