import { type FigureGridPanel, figureGrid, type LineSeries } from '@hurwitz/figures';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { mean } from '../shared/mean.js';
import { nonnegative, positive } from '../shared/settings.js';
import {
  characterRun,
  characterSchema,
  characterSettings,
  characterSizes,
  sizesText,
  tunedCharacterRuns,
} from './character-runs.js';
import { meanSquaredDifference, type Spectrum, type WatchedRun } from './spectra-in-training.js';

const schema = characterSchema.extend({
  ranges: z.array(positive).min(1),
  learningRate: positive,
  dropout: nonnegative,
  /** Epochs whose spectra are drawn. */
  drawn: z.array(z.int().nonnegative()),
});
type Settings = z.infer<typeof schema>;

interface RangePart extends Part {
  readonly range: number;
  readonly settings: Settings;
  readonly seed: number;
}

interface Run extends WatchedRun {
  range: number;
}

const training = { ranges: [0.04, 0.08, 0.12, 0.16, 0.2, 0.5], learningRate: 0.002, dropout: 0.1 };

/** How spectra change while an LSTM learns characters, from six ranges of initial weights. */
export const lyapunovFig3: Experiment<Settings, PartResult<RangePart, WatchedRun>> = {
  id: 'lyapunov-fig3',
  title: 'Lyapunov spectra over training, for six ranges of initial weights (figure 3 of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  data: 'War and Peace',
  settings: {
    schema,
    default: { ...characterSettings.default, ...training, epochs: 6, drawn: [0, 2, 6] },
    full: { ...characterSettings.full, ...training, drawn: [0, 4, 15] },
  },
  parts: (settings, seed) => settings.ranges.map((range) => ({ key: `p-${range}`, range, settings, seed })),
  compute({ range, settings, seed }, context) {
    const { learningRate, dropout } = settings;
    const changes = { initRange: range, learningRate, dropout, seed };
    return characterRun(settings, { changes, spectraAfter: () => true, context });
  },
  async summarise(results, { settings, full }) {
    const runs = results.map(({ part: { range }, value }): Run => ({ range, ...value }));
    return {
      numbers: { runs },
      figures: [
        {
          svg: await draw(runs, settings),
          caption: 'Spectra before, during and after training, and how fast they settle',
        },
      ],
      sizes: characterSizes(settings),
      comparison: comparison(runs, settings.epochs),
      tuned: tunedCharacterRuns,
      text: text(runs, settings, full),
    };
  },
};

const spectrumAt = ({ epochs }: WatchedRun, epoch: number): Spectrum | undefined =>
  epochs.find((each) => each.epoch === epoch)?.spectra?.hidden;

/** Mean exponents after each epoch, from epoch 0. */
const means = ({ epochs }: WatchedRun): number[] =>
  epochs.map(({ spectra }) => mean(spectra!.hidden.exponents));

/** Mean squared difference of the spectra after epochs t and t - 1, for t = 1, 2, ... */
const changes = ({ epochs }: WatchedRun): number[] =>
  epochs
    .slice(1)
    .map(({ spectra }, i) =>
      meanSquaredDifference(spectra!.hidden.exponents, epochs[i]!.spectra!.hidden.exponents),
    );

function draw(runs: Run[], { drawn }: Settings): Promise<string> {
  const perRun = (series: (run: Run) => Omit<LineSeries, 'name'>): LineSeries[] =>
    runs.map((run) => ({ name: `p = ${run.range}`, ...series(run) }));
  const spectra = drawn.map(
    (epoch): FigureGridPanel => ({
      lineChart: {
        title: epoch === 0 ? 'Before training' : `After ${epoch} epochs`,
        xLabel: 'index',
        xDomain: [1, runs[0]!.epochs[0]!.spectra!.hidden.exponents.length],
        yLabel: 'exponent (bits per step)',
        series: perRun((run) => {
          const exponents = (spectrumAt(run, epoch)?.exponents ?? []).filter(Number.isFinite);
          return { x: exponents.map((_, i) => i + 1), y: exponents };
        }),
      },
    }),
  );
  const since1 = (values: number[]): { x: number[]; y: number[] } => ({
    x: values.map((_, i) => i + 1),
    y: values,
  });
  const largest = Math.max(...runs.map((run) => changes(run)[0]!));
  const epochs = changes(runs[0]!).map((_, i) => i + 1);
  return figureGrid({
    title: 'Lyapunov spectra while an LSTM learns characters',
    columns: 2,
    width: 900,
    panels: [
      ...spectra,
      {
        lineChart: {
          title: 'Change of the spectrum in an epoch',
          subtitle: 'mean squared difference; dashed: 1/t',
          xLabel: 'epoch t',
          yLabel: 'bits²',
          xScale: 'log',
          yScale: 'log',
          series: [
            ...perRun((run) => since1(changes(run))),
            { name: '', x: epochs, y: epochs.map((t) => largest / t), line: 'dashed', colour: 'muted' },
          ],
        },
      },
      {
        lineChart: {
          title: 'Mean exponent minus its last value',
          xLabel: 'epoch',
          yLabel: 'bits per step',
          references: [{ y: 0 }],
          series: perRun((run) => {
            const values = means(run);
            return { x: values.map((_, i) => i), y: values.map((value) => value - values.at(-1)!) };
          }),
        },
      },
      {
        lineChart: {
          title: 'Validation loss',
          xLabel: 'epoch',
          yLabel: 'nats per character',
          series: perRun(({ epochs }) => ({
            x: epochs.map(({ epoch }) => epoch),
            y: epochs.map(({ validation }) => validation),
          })),
        },
      },
    ],
  });
}

function text(runs: Run[], settings: Settings, full: boolean): string {
  const last = settings.epochs;
  const spectrum = (run: Run, epoch: number): string => {
    const { exponents } = spectrumAt(run, epoch)!;
    return `${exponents[0]!.toFixed(2)} / ${mean(exponents).toFixed(2)}`;
  };
  const rows = runs.map((run) => [
    run.range,
    run.epochs.at(-1)!.validation.toFixed(3),
    spectrum(run, 0),
    spectrum(run, 1),
    spectrum(run, last),
    run.epochs.at(-1)!.spectra!.full.exponents[0]!.toFixed(3),
    ...[changes(run)[0]!, changes(run).at(-1)!].map((change) => change.toPrecision(2)),
  ]);
  const header = [
    'p',
    'validation loss',
    'max / mean before',
    'after 1 epoch',
    `after ${last}`,
    'max with the cell',
    'change in epoch 1',
    `in epoch ${last}`,
  ];
  return `
${sizesText(settings, full)} Learning rate ${settings.learningRate}, dropout ${settings.dropout}; every weight of the layer starts in U(-p, p). Changes are mean squared differences
of the exponents from one epoch to the next, in bits².

${markdownTable(header, rows)}

${verdict(runs, last)}`;
}

/** The runs whose change in the last epoch is below that of the first over the number of epochs. */
const settled = (runs: Run[], last: number): Run[] =>
  runs.filter((run) => changes(run).at(-1)! < changes(run)[0]! / last);

/** For each epoch after the first and before the last, whether the mean exponent lies below its last value. */
const fromBelow = (runs: Run[]): boolean[] =>
  runs.flatMap((run) =>
    means(run)
      .slice(1, -1)
      .map((value) => value < means(run).at(-1)!),
  );

function comparison(runs: Run[], last: number): Comparison[] {
  const below = fromBelow(runs);
  return [
    {
      quantity: 'change of the spectrum from epoch to epoch',
      paper: 'falls as 1/t or faster, for every p',
      here: `below 1/${last} of the first after ${last} epochs for ${settled(runs, last).length} of ${runs.length} values of p`,
    },
    {
      quantity: 'mean exponent before the last epoch',
      paper: 'below its last value (convergence from below)',
      here: `below it in ${below.filter(Boolean).length} of ${below.length} epochs`,
    },
  ];
}

/** What the paper says of its figure, against the numbers. */
function verdict(runs: Run[], last: number): string {
  const fell = settled(runs, last);
  const later = fromBelow(runs);
  const below = later.filter(Boolean).length;
  const spread = (epoch: number): number => {
    const values = runs.map((run) => means(run)[epoch]!);
    return Math.max(...values) - Math.min(...values);
  };
  return `The paper finds that spectra change most in the first epochs and settle at least as 1/t. Here the change of the last epoch is below 1/${last} of
the first one's for p = ${fell.map(({ range }) => range).join(', ') || 'none'} (${fell.length} of ${runs.length}). It also finds that the mean exponent approaches its last value
from below; here it lies below in ${below} of ${later.length} epochs after the first and before the last. The mean exponents of the six runs
lie ${spread(0).toFixed(2)} bits apart before training, ${spread(1).toFixed(2)} after one epoch and ${spread(last).toFixed(2)} at the end.`;
}
