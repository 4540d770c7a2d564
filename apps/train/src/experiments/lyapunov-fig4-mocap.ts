import { gather, type MotionSequences, motionSequences } from '@hurwitz/datasets';
import { loadCmuMocap } from '@hurwitz/datasets/node';
import { configVersion, defaultsOf, mocapStage, validateConfig } from '@hurwitz/training';
import type { Comparison, Experiment } from './experiment.js';
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

/** How long and how fast a model is trained. */
interface Training {
  epochs: number;
  learningRate: number;
}

interface Settings {
  ranges: number[];
  units: number;
  steps: number;
  batchSize: number;
  /** Each range is trained in each of these ways. */
  trainings: Training[];
  /** Held-out sequences along which exponents are taken. */
  sequences: number;
}

/** Exponents of trained motion models against their losses, over ranges of initial weights. */
export const lyapunovFig4Mocap: Experiment<Settings> = {
  id: 'lyapunov-fig4-mocap',
  title:
    'Exponents and loss over ranges of initial weights, motion capture (figure 4 C and D of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  data: 'CMU motion capture',
  settings: ({ full }) => {
    const count = full ? 30 : 15;
    const ranges = Array.from({ length: count }, (_, i) =>
      Number((0.05 + (0.45 * i) / (count - 1)).toFixed(4)),
    );
    const trainings = full
      ? [{ epochs: 100, learningRate: 0.005 }]
      : [
          { epochs: 20, learningRate: 0.002 },
          { epochs: 40, learningRate: 0.005 },
        ];
    return { units: full ? 256 : 64, trainings, ranges, steps: 25, batchSize: 32, sequences: 40 };
  },
  async run({ settings, seed, dataDir, part, progress }) {
    const data = motionSequences(await loadCmuMocap(dataDir), { steps: settings.steps });
    const outcomes: Outcome[] = [];
    for (const training of settings.trainings) {
      const runs: (WatchedRun & { range: number })[] = [];
      for (const [i, range] of settings.ranges.entries()) {
        const run = await part(`p-${range}-rate-${training.learningRate}`, () =>
          motionRun(data, {
            ...{ settings, training, range },
            seed: seed + i,
            progress: (message) => progress(`rate ${training.learningRate}, p = ${range}, ${message}`),
          }),
        );
        runs.push({ range, ...run });
      }
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
  options: {
    settings: Settings;
    training: Training;
    range: number;
    seed: number;
    progress: (message: string) => void;
  },
): Promise<WatchedRun> {
  const { settings, training, range, seed, progress } = options;
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
  data: MotionSequences,
): string {
  return `
LSTMs of ${units} units predict the next pose after each of ${steps}: ${data.train.size} sequences of ${data.channels.length} normalised channels to learn from, ${data.validation.size} to validate, from
the clips of Li et al. 2018 (96 of the 106; the preparation is theirs). Batches of ${batchSize}, Adam, ${trainings.map(trainingName).join(' and ')}, no dropout, ${ranges.length} values of p from
${ranges[0]} to ${ranges.at(-1)}. Exponents in bits per step along ${sequences} test sequences of ${steps} poses, from rest. The clips are correlated in time, so the order
of the Jacobians matters: it is that of time here, and reversed in the paper’s code.

${outcomes.map((outcome) => finding(outcome, data)).join('\n\n')}

In brackets 95% intervals (Bonett and Wright).`;
}

function finding(
  { training, found: { networks, correlations, diverged } }: Outcome,
  data: MotionSequences,
): string {
  const losses = networks.map(({ validation }) => validation);
  const still = repeating(data);
  const best = networks.reduce((a, b) => (b.validation < a.validation ? b : a));
  return `### ${trainingName(training)}

${correlationTable(correlations)}

Losses ${Math.min(...losses).toPrecision(3)} to ${Math.max(...losses).toPrecision(3)} (of a variance of 1), the smallest at ${best.label}; ${diverged} diverged. Repeating the last pose would have
${still.toPrecision(3)}, which ${losses.filter((loss) => loss < still).length} of the ${losses.length} models beat after so short a training. The correlation of the mean exponent with the loss is
${signText(correlations.hidden.mean)}, that of the largest exponent ${signText(correlations.hidden.max)}. ${closestText(correlations)} ${wholeStateText(correlations)}`;
}
