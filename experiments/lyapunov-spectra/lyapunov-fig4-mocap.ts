import { gather, type MotionSequences, motionSequences } from '@hurwitz/datasets';
import { loadCmuMocap } from '@hurwitz/datasets/node';
import { configVersion, defaultsOf, mocapStage, validateConfig } from '@hurwitz/training';
import { z } from 'zod';
import {
  type Comparison,
  type Experiment,
  type Part,
  type PartResult,
  valuesOf,
} from '../runner/experiment.js';
import { count, positive } from '../shared/settings.js';
import {
  closestText,
  correlationTable,
  correlationText,
  type ExponentsAndLoss,
  exponentsAndLoss,
  signText,
  wholeStateText,
} from './exponents-and-loss.js';
import { meanSquaredDifference, spreadInputs, type WatchedRun, watchedRun } from './spectra-in-training.js';

const schema = z.strictObject({
  ranges: z.array(positive).min(1),
  units: count,
  steps: count,
  batchSize: count,
  /** How long and how fast models are trained; each range in each of these ways. */
  trainings: z.array(z.strictObject({ epochs: count, learningRate: positive })).min(1),
  /** Held-out sequences along which exponents are taken. */
  sequences: count,
});
type Settings = z.infer<typeof schema>;
type Training = Settings['trainings'][number];

interface DataPart extends Part {
  readonly kind: 'data';
  readonly settings: Settings;
}

interface RunPart extends Part {
  readonly kind: 'run';
  readonly training: Training;
  readonly range: number;
  readonly settings: Settings;
  readonly seed: number;
}

type Result = PartResult<DataPart, DataFacts> | PartResult<RunPart, WatchedRun & { range: number }>;

/** What the entry says of the data. */
interface DataFacts {
  /** Sequences to learn from, and to validate. */
  train: number;
  validation: number;
  channels: number;
  /** The validation error of a model that repeats the pose it reads. */
  repeating: number;
}

/** So many values of p, spread evenly over the paper's range. */
const ranges = (length: number): number[] =>
  Array.from({ length }, (_, i) => Number((0.05 + (0.45 * i) / (length - 1)).toFixed(4)));
const sequencesOfAll = { steps: 25, batchSize: 32, sequences: 40 };

/** Exponents of trained motion models against their losses, over ranges of initial weights. */
export const lyapunovFig4Mocap: Experiment<Settings, Result> = {
  id: 'lyapunov-fig4-mocap',
  title:
    'Exponents and loss over ranges of initial weights, motion capture (figure 4 C and D of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  data: 'CMU motion capture',
  settings: {
    schema,
    default: {
      ...{ units: 64, ranges: ranges(15), ...sequencesOfAll },
      trainings: [
        { epochs: 20, learningRate: 0.002 },
        { epochs: 40, learningRate: 0.005 },
      ],
    },
    full: {
      ...{ units: 256, ranges: ranges(30), ...sequencesOfAll },
      trainings: [{ epochs: 100, learningRate: 0.005 }],
    },
  },
  parts: (settings, seed) => [
    { key: 'data', kind: 'data', settings },
    ...settings.trainings.flatMap((training) =>
      settings.ranges.map((range, i) => ({
        key: `p-${range}-rate-${training.learningRate}`,
        ...{ kind: 'run' as const, training, range, settings, seed: seed + i },
      })),
    ),
  ],
  async compute(part, { dataDir, once, progress }) {
    const { steps } = part.settings;
    const data = await once('motions', async () => motionSequences(await loadCmuMocap(dataDir), { steps }));
    if (part.kind === 'data') {
      const { train, validation, channels } = data;
      return {
        ...{ train: train.size, validation: validation.size, channels: channels.length },
        repeating: repeating(data),
      };
    }
    return { range: part.range, ...(await motionRun(data, { part, progress })) };
  },
  async summarise(results, { settings }) {
    const [data] = valuesOf(results, 'data') as [DataFacts];
    const all = valuesOf(results, 'run');
    const { length } = settings.ranges;
    const outcomes: Outcome[] = [];
    for (const [i, training] of settings.trainings.entries()) {
      const runs = all.slice(i * length, (i + 1) * length);
      const found = await exponentsAndLoss(runs, {
        title: `Spectra of trained motion models, and their losses: ${trainingName(training)}`,
        about: ({ range }) => ({ label: `p = ${range}` }),
        lossLabel: 'validation mean squared error',
      });
      outcomes.push({ training, runs, found });
    }
    return {
      numbers: {
        trainings: outcomes.map(({ training, runs, found }) => ({
          ...training,
          runs,
          correlations: found.correlations,
        })),
      },
      figures: outcomes.map(({ training, found }) => ({
        ...found.figure,
        ...(outcomes.length > 1 && { name: `rate-${training.learningRate}` }),
      })),
      sizes: sizes(settings),
      comparison: outcomes.flatMap(comparison),
      tuned:
        'the rate and the epochs: after the first result, 20 epochs at 0.002, came 40 epochs at 0.005, where the mean exponent tells the losses apart; both are here',
      text: text(settings, outcomes, data),
    };
  },
};

interface Outcome {
  training: Training;
  runs: (WatchedRun & { range: number })[];
  found: ExponentsAndLoss;
}

const trainingName = ({ epochs, learningRate }: Training): string => `${epochs} epochs at ${learningRate}`;

function sizes({ ranges, units, trainings }: Settings): Comparison[] {
  return [
    { quantity: 'values of p', paper: 30, here: ranges.length },
    { quantity: 'epochs', paper: 'not given', here: trainings.map(({ epochs }) => epochs).join(', ') },
    {
      quantity: 'learning rate',
      paper: 'not given',
      here: trainings.map((each) => each.learningRate).join(', '),
    },
    { quantity: 'units', paper: 'not given', here: units },
  ];
}

function comparison({ training, found: { correlations } }: Outcome): Comparison[] {
  const { max, mean } = correlations.hidden;
  return [
    {
      quantity: `ρ of the mean exponent with the loss, ${trainingName(training)}`,
      paper: 'negative: the larger the mean, the smaller the loss; no coefficient',
      here: correlationText(mean),
    },
    {
      quantity: `ρ of the largest exponent with the loss, ${trainingName(training)}`,
      paper: 'not given',
      here: correlationText(max),
    },
  ];
}

function motionRun(
  data: MotionSequences,
  {
    part: { settings, training, range, seed },
    progress,
  }: { part: RunPart; progress: (message: string) => void },
): Promise<WatchedRun> {
  const { units, batchSize, sequences } = settings;
  const { epochs, learningRate } = training;
  const task = 'mocap';
  const config = validateConfig({
    ...defaultsOf(task),
    ...{ version: configVersion, task, units, batchSize, epochs, learningRate, initRange: range, seed },
  });
  const inputs = spreadInputs(data.test, sequences);
  return watchedRun(mocapStage(config, data), {
    config,
    inputs,
    spectraAfter: (epoch) => epoch === epochs,
    progress: (message) => /^epoch (0|.*0) of/.test(message) && progress(message),
  });
}

/** The validation error of a model that repeats the pose it reads. */
function repeating({ validation }: MotionSequences): number {
  const { inputs, targets } = gather(
    validation,
    Array.from({ length: validation.size }, (_, i) => i),
  );
  return meanSquaredDifference(Array.from(inputs), Array.from(targets));
}

function text(
  { units, trainings, batchSize, sequences, steps, ranges }: Settings,
  outcomes: Outcome[],
  data: DataFacts,
): string {
  return `
LSTMs of ${units} units predict the next pose after each of ${steps}: ${data.train} sequences of ${data.channels} normalised channels to learn from, ${data.validation} to validate, from
the clips of Li et al. 2018 (96 of the 106; the preparation is theirs). Batches of ${batchSize}, Adam, ${trainings.map(trainingName).join(' and ')}, no dropout, ${ranges.length} values of p from
${ranges[0]} to ${ranges.at(-1)}. Exponents in bits per step along ${sequences} test sequences of ${steps} poses, from rest. The clips are correlated in time, so the order
of the Jacobians matters: it is that of time here, and reversed in the paper’s code.

${outcomes.map((outcome) => finding(outcome, data)).join('\n\n')}

In brackets 95% intervals (Bonett and Wright).`;
}

function finding(
  { training, found: { networks, correlations, diverged } }: Outcome,
  data: DataFacts,
): string {
  const losses = networks.map(({ validation }) => validation);
  const still = data.repeating;
  const best = networks.reduce((a, b) => (b.validation < a.validation ? b : a));
  return `### ${trainingName(training)}

${correlationTable(correlations)}

Losses ${Math.min(...losses).toPrecision(3)} to ${Math.max(...losses).toPrecision(3)} (of a variance of 1), the smallest at ${best.label}; ${diverged} diverged. Repeating the last pose would have
${still.toPrecision(3)}, which ${losses.filter((loss) => loss < still).length} of the ${losses.length} models beat after so short a training. The correlation of the mean exponent with the loss is
${signText(correlations.hidden.mean)}, that of the largest exponent ${signText(correlations.hidden.max)}. ${closestText(correlations)} ${wholeStateText(correlations)}`;
}
