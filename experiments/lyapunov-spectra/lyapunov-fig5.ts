import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment } from '../runner/experiment.js';
import { characterSizes, sizesText, tunedCharacterRuns } from './character-runs.js';
import { type Statistic, statisticOf, statistics } from './exponents-and-loss.js';
import {
  drawLabel,
  type PairResult,
  type PairRun,
  type PairSettings,
  pairParts,
  pairRun,
  pairSchema,
  pairSettings,
} from './pair-runs.js';

/** The two statistics and the loss while character models train. */
export const lyapunovFig5: Experiment<PairSettings, PairResult> = {
  id: 'lyapunov-fig5',
  title: 'Largest and mean exponent against the loss over training (figure 5 of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  data: 'War and Peace',
  settings: {
    schema: pairSchema,
    default: { ...pairSettings.default, epochs: 6, runs: 6 },
    full: { ...pairSettings.full, runs: 6 },
  },
  parts: pairParts,
  compute: (part, context) => pairRun(part, { context, spectraAfter: () => true }),
  async summarise(results, { settings, full }) {
    const runs = results.map(({ value }) => value);
    const svg = await figureGrid({
      title: 'Exponents and loss while character models train',
      columns: 2,
      width: 1000,
      panels: statistics.map((statistic) => panel(runs, statistic)),
    });
    return {
      numbers: { runs },
      figures: [
        {
          svg,
          caption:
            'Validation loss against the largest and the mean exponent: a curve for each run, from the untrained network on, a point after each epoch',
        },
      ],
      sizes: [{ quantity: 'runs', paper: 6, here: settings.runs }, ...characterSizes(settings)],
      comparison: comparison(runs),
      tuned: tunedCharacterRuns,
      text: text(runs, settings, full),
    };
  },
};

const course = ({ epochs }: PairRun, statistic: Statistic): number[] =>
  epochs.map(({ spectra }) => statisticOf(statistic, spectra!.hidden.exponents));

/** What the paper reads off its figure, in bits. */
const thresholds: Record<Statistic, number> = { max: -0.5, mean: -4 };

function panel(runs: PairRun[], statistic: Statistic): FigureGridPanel {
  return {
    lineChart: {
      title: statistic === 'max' ? 'Largest exponent' : 'Mean exponent',
      xLabel: 'bits per step',
      yLabel: 'validation loss (nats)',
      references: [{ x: thresholds[statistic], label: 'paper’s bend' }],
      series: runs.map((run) => ({
        name: drawLabel(run.draw),
        x: course(run, statistic),
        y: run.epochs.map(({ validation }) => validation),
        points: true,
      })),
    },
  };
}

function text(runs: PairRun[], settings: PairSettings, full: boolean): string {
  const rows = runs.map((run) => {
    const at = (epoch: number): string =>
      statistics.map((statistic) => course(run, statistic).at(epoch)!.toFixed(2)).join(' / ');
    const losses = run.epochs.map(({ validation }) => validation);
    return [drawLabel(run.draw), at(0), at(1), at(-1), losses[1]!.toFixed(3), losses.at(-1)!.toFixed(3)];
  });
  const header = [
    'run',
    'max / mean before',
    'after 1 epoch',
    'at the end',
    'loss after 1 epoch',
    'at the end',
  ];
  return `
${sizesText(settings, full)}

The first ${settings.runs} of the pairs of [figure 4](lyapunov-fig4.md), p = ${settings.range}.

${markdownTable(header, rows)}

${verdict(runs)}`;
}

/** In how many epochs after the first a statistic rises, or falls. */
function moves(runs: PairRun[], statistic: Statistic, up: boolean): string {
  const all = runs.flatMap((run) => {
    const values = course(run, statistic).slice(1);
    return values.slice(1).map((value, i) => value > values[i]! === up);
  });
  return `${all.filter(Boolean).length} of ${all.length}`;
}

function comparison(runs: PairRun[]): Comparison[] {
  return [
    {
      quantity: 'course of the largest exponent',
      paper:
        'rises over training, with little gain in loss beyond about -0.5 (its text gives no unit; its code computes bits per step)',
      here: `rises in ${moves(runs, 'max', true)} epochs after the first`,
    },
    {
      quantity: 'course of the mean exponent',
      paper: 'tends to fall, with little gain beyond -4 (the same unit)',
      here: `falls in ${moves(runs, 'mean', false)} epochs after the first`,
    },
  ];
}

function verdict(runs: PairRun[]): string {
  const ends = runs.map((run) => course(run, 'max').at(-1)!);
  const lowest = runs.map((run) => course(run, 'mean').at(-1)!);
  return `The paper finds that the largest exponent rises over the training and the mean falls, with little gain once they have passed
-0.5 and -4. It gives no unit; taken as bits per step, in which its code computes: after the first epoch the largest exponent rises
in ${moves(runs, 'max', true)} epochs and the mean falls in ${moves(runs, 'mean', false)}; at the end ${ends.filter((value) => value > thresholds.max).length} of ${runs.length} runs have a largest exponent above -0.5 and ${lowest.filter((value) => value < thresholds.mean).length} a mean below -4.`;
}
