import { configVersion, defaultsOf, type FinishedRun, validateConfig } from '@hurwitz/training';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Experiment, Part, PartResult } from '../runner/experiment.js';
import { count } from '../shared/settings.js';
import { trainedRun } from '../shared/trained-run.js';

const schema = z.strictObject({ units: count, epochs: count });
type Settings = z.infer<typeof schema>;

interface LSTMPart extends Part {
  readonly settings: Settings;
  readonly seed: number;
}

/** An LSTM on the Penn Treebank by words. */
export const treebankPerplexity: Experiment<Settings, PartResult<LSTMPart, FinishedRun>> = {
  id: 'treebank-perplexity',
  title: 'Penn Treebank, word by word (a task of Miller and Hardt)',
  paper: 'Miller and Hardt 2019',
  data: 'the folder of the Penn Treebank',
  settings: { schema, default: { units: 64, epochs: 1 }, full: { units: 256, epochs: 10 } },
  parts: (settings, seed) => [{ key: 'lstm', settings, seed }],
  compute({ key, settings, seed }, context) {
    const task = 'ptb';
    const { dataDir } = context;
    const config = validateConfig({
      ...defaultsOf(task),
      ...settings,
      ...{ version: configVersion, task, dataDir, seed },
    });
    return trainedRun(config, { key, context });
  },
  summarise(finished, { settings }) {
    const { entries, results } = finished[0]!.value;
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
