import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { z } from 'zod';
import { markdownTable, timeText } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { mean } from '../shared/mean.js';
import { count, positive } from '../shared/settings.js';
import { type Flossed, type FlossingRun, flossingRun, flossingRunSchema } from './flossing-runs.js';

const schema = flossingRunSchema.extend({
  /** Standard deviation of the initial W, times √units. */
  gains: z.array(positive).min(1),
  seeds: count,
});
type Settings = z.infer<typeof schema>;

interface RunPart extends Part {
  readonly gain: number;
  readonly flossed: Flossed;
  readonly settings: Settings;
  readonly seed: number;
}

/** The runs from one gain: [seed] for each variant. */
interface Outcome {
  gain: number;
  runs: Record<Flossed, FlossingRun[]>;
}

const variants = {
  not: 'without flossing',
  'through-states': 'flossed',
  'states-held': 'flossed, states held',
} as const satisfies Record<Flossed, string>;
const flossedVariants = Object.keys(variants) as Flossed[];

/** Above this share of right answers a run counts as having learned; chance is 1/2. */
const LEARNED = 0.95;

const training = {
  ...{ seeds: 3, batchSize: 16, learningRate: 0.001, clipNorm: 0.03, recordEvery: 100, testSize: 200 },
};
const flossing = { horizon: 55, warmup: 16, learningRate: 0.003, clipNorm: 0.1 };

/** Whether networks that start chaotic or steeply contracting learn, with and without flossing before. */
export const flossingExperiment: Experiment<Settings, PartResult<RunPart, FlossingRun>> = {
  id: 'flossing',
  title: 'Gradient flossing of steep initialisations, for the delayed XOR (after Engelken 2023)',
  paper: 'Engelken 2023',
  settings: {
    schema,
    default: {
      ...{ ...training, units: 64, gains: [1.5, 2], delay: 15, steps: 75, trainingSteps: 2000 },
      flossing: { ...flossing, exponents: 56, epochs: 200 },
    },
    full: {
      ...{ ...training, units: 80, gains: [1, 1.5, 2], delay: 10, steps: 300, trainingSteps: 5000 },
      flossing: { ...flossing, exponents: 75, epochs: 500 },
    },
  },
  parts: (settings, seed) =>
    settings.gains.flatMap((gain) =>
      Array.from({ length: settings.seeds }, (_, index) =>
        flossedVariants.map((flossed) => ({
          key: `gain-${gain}-${flossed}-${index + 1}`,
          ...{ gain, flossed, settings, seed: 1000 * seed + index },
        })),
      ).flat(),
    ),
  async compute({ gain, flossed, settings, seed }, { progress }) {
    const run = await flossingRun(settings, { gain, flossed, seed });
    progress(`test accuracy ${percent(run.testAccuracy)}`);
    return run;
  },
  async summarise(results, { settings }) {
    const outcomes = settings.gains.map((gain): Outcome => {
      const runsOf = (flossed: Flossed): FlossingRun[] =>
        results
          .filter(({ part }) => part.gain === gain && part.flossed === flossed)
          .map(({ value }) => value);
      const [not, through, held] = flossedVariants.map(runsOf) as [
        FlossingRun[],
        FlossingRun[],
        FlossingRun[],
      ];
      return { gain, runs: { not, 'through-states': through, 'states-held': held } };
    });
    return {
      numbers: { outcomes },
      figures: [
        {
          svg: await draw(settings, outcomes),
          caption:
            'Accuracy on new sequences during training (left) and the exponents with which training starts (right)',
        },
      ],
      sizes: sizes(settings),
      comparison: outcomes.map((outcome) => comparison(settings, outcome)),
      tuned:
        'the units (first 32, then 64, so that the networks left to themselves are chaotic), the delay (first 10, then 15, where none of these seeds learns without flossing), the length (50, then 75), the flossed exponents (24, 40, then 56), the steps of training (3000, then 2000) and of flossing (300, then 200)',
      text: text(settings, outcomes),
    };
  },
};

function sizes({ units, delay, seeds, steps, trainingSteps, flossing }: Settings): Comparison[] {
  return [
    { quantity: 'units', paper: '80 (its published example)', here: units },
    { quantity: 'seeds', paper: 'not given', here: seeds },
    { quantity: 'flossed exponents', paper: '75 (its published example)', here: flossing.exponents },
    {
      quantity: 'steps of flossing before training',
      paper: '500 (its published example)',
      here: flossing.epochs,
    },
    { quantity: 'steps of training', paper: 'not given', here: trainingSteps },
    { quantity: 'delay and length of the task', paper: 'not given', here: `${delay} and ${steps}` },
  ];
}

function comparison({ trainingSteps }: Settings, { gain, runs }: Outcome): Comparison {
  const learned = (flossed: Flossed): string =>
    `${runs[flossed].filter((run) => run.testAccuracy >= LEARNED).length} of ${runs[flossed].length}`;
  return {
    quantity: `networks from g = ${gain} that learn the task in ${trainingSteps} steps`,
    paper: 'flossing makes networks trainable that are not without it; other sizes',
    here: `${learned('not')} without, ${learned('through-states')} with flossing`,
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function draw(settings: Settings, outcomes: Outcome[]): Promise<string> {
  const panels = outcomes.flatMap((outcome): FigureGridPanel[] => [
    accuracyPanel(settings, outcome),
    exponentsPanel(settings, outcome),
  ]);
  return figureGrid({
    title: `Delayed XOR at delay ${settings.delay}, tanh networks of ${settings.units} units`,
    subtitle: `Mean over ${settings.seeds} seeds; shaded: from the worst to the best`,
    panels,
    columns: 2,
    width: 860,
  });
}

function accuracyPanel({ recordEvery }: Settings, { gain, runs }: Outcome): FigureGridPanel {
  const each = (flossed: Flossed, take: (values: number[]) => number): number[] =>
    runs[flossed][0]!.accuracy.map((_, i) => take(runs[flossed].map(({ accuracy }) => accuracy[i]!)));
  return {
    lineChart: {
      title: `g = ${gain}: accuracy`,
      xLabel: 'training step',
      yLabel: 'share of right answers',
      yDomain: [0.45, 1.01],
      references: [{ y: 0.5, label: 'chance' }],
      series: flossedVariants.map((flossed) => ({
        name: variants[flossed],
        x: runs[flossed][0]!.accuracy.map((_, i) => (i + 1) * recordEvery),
        y: each(flossed, mean),
        low: each(flossed, (values) => Math.min(...values)),
        high: each(flossed, (values) => Math.max(...values)),
      })),
    },
  };
}

function exponentsPanel({ flossing }: Settings, { gain, runs }: Outcome): FigureGridPanel {
  return {
    lineChart: {
      title: `g = ${gain}: exponents before training`,
      xLabel: 'index',
      yLabel: 'nats per step',
      references: [{ y: 0 }],
      series: flossedVariants.map((flossed) => ({
        name: variants[flossed],
        x: Array.from({ length: flossing.exponents }, (_, i) => i + 1),
        y: Array.from({ length: flossing.exponents }, (_, i) =>
          mean(runs[flossed].map((run) => run.flossed[i]!)),
        ),
      })),
    },
  };
}

function text(settings: Settings, outcomes: Outcome[]): string {
  const { units, seeds, delay, steps, batchSize, trainingSteps, learningRate, clipNorm, flossing } = settings;
  const { exponents, epochs, horizon, warmup } = flossing;
  const rows = outcomes.flatMap(({ gain, runs }) =>
    flossedVariants.map((flossed) => {
      const each = runs[flossed];
      return [
        gain,
        variants[flossed],
        each.map((run) => percent(run.testAccuracy)).join(', '),
        mean(each.map((run) => run.flossed[0]!)).toFixed(3),
        mean(each.map((run) => run.flossed[exponents - 1]!)).toFixed(2),
        mean(each.map((run) => run.trained[0]!)).toFixed(3),
        timeText(mean(each.map((run) => run.flossingSeconds))),
        timeText(mean(each.map((run) => run.trainingSeconds))),
      ];
    }),
  );
  const header = [
    ...['g', '', `test accuracy of the ${seeds} seeds`, 'λ_1 before training', `λ_${exponents}`],
    ...['λ_1 after', 'flossing took', 'training took'],
  ];
  return `
A stream of random bits; at each step the answer is the XOR of the bits ${delay} and ${2 * delay} steps before, so chance is 50%. Networks
h⁺ = tanh(W h + U x + b) of ${units} units start from W Gaussian with variance g²/${units}, U standard normal, b uniform in (0, 0.1), and are trained
by Adam at the rate ${learningRate}, gradients clipped at norm ${clipNorm}, for ${trainingSteps} batches of ${batchSize} new sequences of ${steps} steps: all variants
from the same weights and on the same batches. Flossing comes before: ${epochs} steps of Adam on the mean square of the first ${exponents}
exponents along one new sequence of ${horizon} steps, of which ${warmup} are warm-up. 'States held' leaves out how the weights move the states
(\`throughStates: false\`). Exponents are means over the seeds, in float64 along the task's input.

${markdownTable(header, rows)}

${chaos(outcomes)}

${outcomes.map((outcome) => finding(settings, outcome)).join(' ')}

The example that the paper's author published starts from g = 1 with 80 units, trains the initial state too, reads out the units'
inputs and flosses by Adam at one rate, unclipped. Here the rate while flossing falls linearly from ${flossing.learningRate} and gradients are
clipped at norm ${flossing.clipNorm}, to keep the steep ones of chaotic starts in bounds.`;
}

/** Whether the starts are chaotic, undriven and driven. */
function chaos(outcomes: Outcome[]): string {
  const parts = outcomes.map(({ gain, runs }) => {
    const range = (values: number[]): string => values.map((value) => value.toFixed(3)).join(', ');
    return `at g = ${gain} they are ${range(runs.not.map((run) => run.undriven))} (${range(runs.not.map((run) => run.initial[0]!))} driven by the task)`;
  });
  const tamed = outcomes.filter(({ runs }) => runs.not.every((run) => run.initial[0]! < 0));
  const driven =
    tamed.length === 0
      ? ''
      : ` Driven by the task, those of g = ${tamed.map(({ gain }) => gain).join(', ')} are not chaotic: their inputs hold them in check, and what flossing mends there is steep contraction, not chaos.`;
  return `The largest exponents of the initial networks left to themselves, seed by seed: ${parts.join('; ')}.${driven}`;
}

function finding({ trainingSteps }: Settings, { gain, runs }: Outcome): string {
  const learned = (flossed: Flossed): number =>
    runs[flossed].filter((run) => run.testAccuracy >= LEARNED).length;
  const total = runs.not.length;
  const best = (flossed: Flossed): string =>
    percent(Math.max(...runs[flossed].map((run) => run.testAccuracy)));
  return `From g = ${gain}, ${learned('not')} of ${total} networks learn the task (${100 * LEARNED}% right) in ${trainingSteps} steps without flossing (best ${best('not')}), ${learned('through-states')} of ${total} with it (best ${best('through-states')}), and ${learned('states-held')} of ${total} with states held (best ${best('states-held')}).`;
}
