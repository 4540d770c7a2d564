import { defaultsOf } from '../config/presets.js';
import { configVersion } from '../config/schema.js';
import { validateConfig } from '../config/validate.js';
import type { FinishedRun } from '../run/run-task.js';
import type { Experiment } from './experiment.js';
import { markdownTable } from './ledger.js';
import { trainedRun } from './trained-run.js';

interface Settings {
  units: number;
  epochs: number;
}

const variants = [
  { key: 'free', name: 'Lipschitz RNN', certify: false },
  { key: 'certified', name: 'Lipschitz RNN, certified at every step', certify: true },
] as const;

/** MNIST read by rows of pixels, free and certified. */
export const rowMnist: Experiment<Settings> = {
  id: 'row-mnist',
  title: 'MNIST row by row, with and without a certificate (Lipschitz RNN of Erichson et al.)',
  paper: 'Erichson et al. 2021',
  data: 'MNIST',
  settings: ({ full }) => ({ units: 128, epochs: full ? 50 : 10 }),
  async run(context) {
    const { settings, seed, dataDir } = context;
    const runs: FinishedRun[] = [];
    for (const { key, certify } of variants) {
      const given = { pixelsPerStep: 28, certify, ...settings };
      const task = 'pixel-mnist';
      const config = validateConfig({
        ...defaultsOf(task, given),
        ...given,
        ...{ version: configVersion, task, dataDir, seed },
      });
      runs.push(await trainedRun(context, key, config));
    }
    return {
      numbers: { runs },
      figures: [],
      sizes: [
        { quantity: 'epochs', paper: 'no such row', here: settings.epochs },
        { quantity: 'units', paper: 'no such row', here: settings.units },
      ],
      comparison: variants.map(({ name }, i) => ({
        quantity: `test accuracy, ${name}`,
        paper: 'no such row',
        here: percent(accuracy(runs[i]!)),
      })),
      tuned: 'nothing',
      text: text(runs, settings),
    };
  },
};

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
const accuracy = ({ results }: FinishedRun): number => Object.values(results)[0]!['accuracy']!;

function text(runs: FinishedRun[], { units, epochs }: Settings): string {
  const rows = variants.map(({ name }, i) => [
    name,
    percent(accuracy(runs[i]!)),
    percent(runs[i]!.entries.at(-1)!['validation_accuracy'] as number),
  ]);
  return `
\`hurwitz train pixel-mnist --pixels-per-step 28 --units ${units}\`, with and without \`--certify\`: 28 steps of 28 pixels, ${epochs} epochs, the weights of the
epoch that the 2,000 validation images choose, tested on 10,000 images.

${markdownTable(['', 'test accuracy', 'validation accuracy after the last epoch'], rows)}`;
}
