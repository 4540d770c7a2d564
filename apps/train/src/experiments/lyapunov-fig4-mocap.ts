import { gather, type MotionSequences, motionSequences } from '@hurwitz/datasets';
import { loadCmuMocap } from '@hurwitz/datasets/node';
import { defaultsOf } from '../config/presets.js';
import { configVersion } from '../config/schema.js';
import { validateConfig } from '../config/validate.js';
import { mocapStage } from '../tasks/mocap.js';
import type { Experiment } from './experiment.js';
import {
  correlationTable,
  type ExponentsAndLoss,
  exponentsAndLoss,
  signText,
  wholeStateText,
} from './exponents-and-loss.js';
import { meanSquaredDifference, spreadInputs, type WatchedRun, watchedRun } from './spectra-in-training.js';

interface Settings {
  ranges: number[];
  units: number;
  steps: number;
  batchSize: number;
  epochs: number;
  learningRate: number;
  /** Held-out sequences along which exponents are taken. */
  sequences: number;
}

/** Exponents of trained motion models against their losses, over ranges of initial weights. */
export const lyapunovFig4Mocap: Experiment<Settings> = {
  id: 'lyapunov-fig4-mocap',
  title:
    'Exponents and loss over ranges of initial weights, motion capture (figure 4 C and D of Vogt et al.)',
  data: 'CMU motion capture',
  settings: ({ full }) => {
    const count = full ? 30 : 15;
    const ranges = Array.from({ length: count }, (_, i) =>
      Number((0.05 + (0.45 * i) / (count - 1)).toFixed(4)),
    );
    const sizes = full ? { units: 256, epochs: 100 } : { units: 64, epochs: 40 };
    return { ...sizes, ranges, steps: 25, batchSize: 32, learningRate: 0.005, sequences: 40 };
  },
  async run({ settings, seed, dataDir, part, progress }) {
    const data = motionSequences(await loadCmuMocap(dataDir), { steps: settings.steps });
    const runs: (WatchedRun & { range: number })[] = [];
    for (const [i, range] of settings.ranges.entries()) {
      const run = await part(`p-${range}`, () =>
        motionRun(data, {
          settings,
          range,
          seed: seed + i,
          progress: (message) => progress(`p = ${range}, ${message}`),
        }),
      );
      runs.push({ range, ...run });
    }
    const found = await exponentsAndLoss(runs, {
      title: 'Spectra of trained motion models, and their losses',
      label: ({ range }) => `p = ${range}`,
      lossLabel: 'validation mean squared error',
    });
    return {
      numbers: { runs, correlations: found.correlations },
      figures: [found.figure],
      text: text(settings, found, data),
    };
  },
};

function motionRun(
  data: MotionSequences,
  options: { settings: Settings; range: number; seed: number; progress: (message: string) => void },
): Promise<WatchedRun> {
  const { settings, range, seed, progress } = options;
  const { units, batchSize, epochs, learningRate, sequences } = settings;
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
  { units, epochs, batchSize, learningRate, sequences, steps, ranges }: Settings,
  { networks, correlations, diverged }: ExponentsAndLoss,
  data: MotionSequences,
): string {
  const losses = networks.map(({ validation }) => validation);
  const still = repeating(data);
  const best = networks.reduce((a, b) => (b.validation < a.validation ? b : a));
  return `
LSTMs of ${units} units predict the next pose after each of ${steps}: ${data.train.size} sequences of ${data.channels.length} normalised channels to learn from, ${data.validation.size} to validate, from
the clips of Li et al. 2018 (96 of the 106; the preparation is theirs). Batches of ${batchSize}, Adam at ${learningRate}, ${epochs} epochs, no dropout, ${ranges.length} values of p from
${ranges[0]} to ${ranges.at(-1)} (the paper: 30); the paper does not say its units, rate and epochs. ${diverged} diverged. Exponents in bits per step along ${sequences}
test sequences of ${steps} poses, from rest. The clips are correlated in time, so the order of the Jacobians matters: it is that of time here, and reversed in the
paper’s code.

${correlationTable(correlations, { max: 'not given', mean: 'negative (larger mean, smaller loss)' })}

In brackets 95% intervals (Bonett and Wright). Losses ${Math.min(...losses).toPrecision(3)} to ${Math.max(...losses).toPrecision(3)} (of a variance of 1), the smallest at ${best.label};
repeating the last pose would have ${still.toPrecision(3)}, which ${losses.filter((loss) => loss < still).length} of the ${losses.length} models beat after so short a training.

The paper finds smaller losses where the mean exponent is larger. Here the correlation of the mean exponent with the loss is ${signText(correlations.hidden.mean)}, that of
the largest exponent ${signText(correlations.hidden.max)}. ${wholeStateText(correlations)}`;
}
