import { lineChart } from '@hurwitz/figures';
import type { FinishedRun } from '@hurwitz/training';
import { type Config, configVersion, defaultsOf, presets, validateConfig } from '@hurwitz/training';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Experiment, Part, PartResult } from '../runner/experiment.js';
import { count, positive } from '../shared/settings.js';
import { trainedRun } from '../shared/trained-run.js';

const schema = z.strictObject({
  /** Presets of `hurwitz train pixel-mnist`, each with what the paper's table has, in percent. */
  rows: z.array(z.strictObject({ preset: z.string(), paper: positive })).min(1),
  seeds: count,
  epochs: count,
});
type Settings = z.infer<typeof schema>;

interface RunPart extends Part {
  readonly preset: string;
  readonly epochs: number;
  readonly seed: number;
}

interface Run extends FinishedRun {
  preset: string;
  seed: number;
}

const euler64 = { preset: 'lipschitz-euler-64', paper: 99.0 };

/** Rows of the paper's table of pixel-by-pixel MNIST, by its published settings. */
export const lipschitzMnist: Experiment<Settings, PartResult<RunPart, FinishedRun>> = {
  id: 'lipschitz-mnist',
  title: 'Pixel-by-pixel MNIST by the published settings (table 1 of Erichson et al.)',
  paper: 'Erichson et al. 2021',
  data: 'MNIST',
  settings: {
    schema,
    default: { rows: [euler64], seeds: 1, epochs: 5 },
    full: {
      rows: [
        euler64,
        { preset: 'lipschitz-euler-128', paper: 99.4 },
        { preset: 'lipschitz-rk2-64', paper: 99.1 },
        { preset: 'lipschitz-rk2-128', paper: 99.3 },
        { preset: 'lipschitz-euler-64-permuted', paper: 94.2 },
        { preset: 'lipschitz-rk2-64-permuted', paper: 94.2 },
        { preset: 'lipschitz-euler-128-permuted', paper: 96.3 },
        { preset: 'lipschitz-rk2-128-permuted', paper: 96.2 },
      ],
      ...{ seeds: 3, epochs: 100 },
    },
  },
  parts: ({ rows, seeds, epochs }, first) =>
    rows.flatMap(({ preset }) =>
      Array.from({ length: seeds }, (_, index) => ({
        key: `${preset}-${first + index}`,
        ...{ preset, epochs, seed: first + index },
      })),
    ),
  compute({ key, preset, epochs, seed }, context) {
    const { dataDir } = context;
    return trainedRun(configOf(preset, { dataDir, seed, epochs }), { key, context });
  },
  async summarise(results, { settings }) {
    const runs = results.map(({ part: { preset, seed }, value }): Run => ({ preset, seed, ...value }));
    return {
      numbers: { runs },
      figures: [{ svg: await draw(runs), caption: 'Test accuracy of each run after each epoch' }],
      sizes: [
        { quantity: 'epochs', paper: 100, here: settings.epochs },
        { quantity: 'seeds', paper: 'not given', here: settings.seeds },
      ],
      comparison: settings.rows.map(({ preset, paper }) => ({
        quantity: `test accuracy, ${preset}`,
        paper: `${paper.toFixed(1)}%`,
        here: runs
          .filter((run) => run.preset === preset)
          .map((run) => `${(100 * accuracies(run).at(-1)!).toFixed(2)}%`)
          .join(', '),
      })),
      tuned: 'the start of the readout (first Glorot, then as in the published code)',
      text: text(runs, settings),
    };
  },
};

function configOf(preset: string, changes: Pick<Config, 'dataDir' | 'seed' | 'epochs'>): Config {
  const { settings } = presets[preset]!;
  return validateConfig({
    ...defaultsOf('pixel-mnist', settings),
    ...settings,
    ...{ version: configVersion, testEachEpoch: true, ...changes },
  });
}

const accuracies = ({ entries }: FinishedRun): number[] =>
  entries.map((entry) => entry['test_accuracy'] as number);

const runName = ({ preset, seed }: Run): string => `${preset}, seed ${seed}`;

function draw(runs: Run[]): Promise<string> {
  return lineChart({
    title: 'Test accuracy on pixel-by-pixel MNIST',
    xLabel: 'epoch',
    yLabel: 'accuracy (%)',
    series: runs.map((run) => ({
      name: runName(run),
      x: accuracies(run).map((_, i) => i + 1),
      y: accuracies(run).map((value) => 100 * value),
      points: true,
    })),
  });
}

function text(runs: Run[], { epochs }: Settings): string {
  const rows = runs.map((run) => [runName(run), ...accuracies(run).map((value) => (100 * value).toFixed(2))]);
  return `
\`hurwitz train pixel-mnist --preset <name> --test-each-epoch --seed <n>\`: 784 steps of one pixel, the settings that the authors published with their
code, but for the number of epochs where it is smaller. Test accuracy in percent after each epoch; no choice depends on it.

${markdownTable(['run', ...Array.from({ length: epochs }, (_, i) => String(i + 1))], rows)}

At the published rate (0.003, decayed after epoch 90 only) the accuracy swings by points from epoch to epoch, so one number is a draw.
\`npx pnpm --filter @hurwitz/bench recipe-agreement --data-dir <absolute path>\` takes the same steps here and in PyTorch.`;
}
