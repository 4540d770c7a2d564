import { figureGrid } from '@hurwitz/figures';
import {
  type CharacterSettings,
  characterRun,
  characterSettings,
  loadCharacters,
  sizesText,
} from './character-runs.js';
import type { Experiment } from './experiment.js';
import {
  type Correlations,
  correlations,
  correlationTable,
  endOf,
  type LossAndSpectra,
  lossPanels,
  signText,
  wholeStateText,
} from './exponents-and-loss.js';
import { type Draw, type DrawRanges, drawPairs } from './hyperparameter-draws.js';
import type { WatchedRun } from './spectra-in-training.js';

export interface PairSettings extends CharacterSettings, DrawRanges {
  runs: number;
  /** p of the initial weights. */
  range: number;
}

/** The pairs of figures 4 and 5; p times the square root of the units is that of the paper's code. */
export function pairSettings(full: boolean): PairSettings {
  const sizes = characterSettings(full);
  return {
    ...sizes,
    runs: full ? 60 : 32,
    range: Number((0.08 * Math.sqrt(512 / sizes.units)).toPrecision(2)),
    learningRate: [0.001, 0.01],
    dropout: [0.01, 0.2],
  };
}

export interface PairRun extends WatchedRun {
  draw: Draw;
}

/** Exponents of trained character models against their losses. */
export const lyapunovFig4: Experiment<PairSettings> = {
  id: 'lyapunov-fig4',
  title: 'Exponents and loss over random learning rates and dropout rates (figure 4 A and B of Vogt et al.)',
  data: 'War and Peace',
  settings: ({ full }) => pairSettings(full),
  async run({ settings, seed, full, dataDir, part, progress }) {
    const data = await loadCharacters(dataDir, settings);
    const runs: PairRun[] = [];
    for (const [i, draw] of drawPairs(settings.runs, settings, seed).entries()) {
      const run = await part(`run-${i + 1}`, () =>
        characterRun(data, {
          settings,
          changes: { ...draw, initRange: settings.range, seed: seed + i },
          spectraAfter: (epoch) => epoch === settings.epochs,
          progress: (message) => progress(`run ${i + 1} of ${settings.runs}, ${message}`),
        }),
      );
      runs.push({ draw, ...run });
    }
    const networks = runs.filter(({ diverged }) => !diverged).map((run) => endOf(drawLabel(run.draw), run));
    const found = correlations(networks);
    const svg = await figureGrid({
      title: 'Spectra of trained character models, and their losses',
      columns: 3,
      width: 1140,
      panels: lossPanels(networks, 'validation loss (nats per character)'),
    });
    return {
      numbers: { runs, correlations: found },
      figures: [
        { svg, caption: 'Spectra of six runs, and the loss of all against their largest and mean exponent' },
      ],
      text: text(settings, { networks, found, full, diverged: runs.length - networks.length }),
    };
  },
};

export const drawLabel = ({ learningRate, dropout }: Draw): string =>
  `rate ${learningRate.toFixed(4)}, dropout ${dropout.toFixed(3)}`;

/** Of the 110 runs that the authors released. */
const released = { max: '-0.57', mean: '+0.48' } as const;

function text(
  settings: PairSettings,
  {
    networks,
    found,
    full,
    diverged,
  }: { networks: LossAndSpectra[]; found: Correlations; full: boolean; diverged: number },
): string {
  const { runs, range, learningRate, dropout } = settings;
  const losses = networks.map(({ validation }) => validation);
  const of = (values: number[], digits: number): string =>
    `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
  const largest = networks.map(({ spectra }) => spectra.hidden.exponents[0]!);
  return `
${sizesText(settings, full)}

${runs} runs (the paper: 60), each with a learning rate drawn evenly from ${learningRate.join(' to ')} and a dropout rate drawn evenly in its
logarithm from ${dropout.join(' to ')} (the paper does not say its ranges; its code’s grid spans .001 to .01 and 0 to .2), initial weights and batches of its
own, p = ${range}${full ? '' : ' (0.08 in the code; this is as large for so many units)'}. ${diverged} diverged. Loss and exponents after the last epoch:
losses ${of(losses, 3)} nats, largest exponents ${of(largest, 2)} bits.

${correlationTable(found, released)}

In brackets 95% intervals (Bonett and Wright). The paper’s column is that of the 110 runs released with its code (512 units, hidden only).

${verdict(found)} ${wholeStateText(found)}`;
}

function verdict({ hidden }: Correlations): string {
  const expected = { max: 'negative', mean: 'positive' } as const;
  const sentence = (statistic: 'max' | 'mean', name: string): string => {
    const sign = signText(hidden[statistic]);
    if (sign === 'undecided') return `The sign for the ${name} exponent is not settled by these runs`;
    const verb = sign === expected[statistic] ? 'agrees with' : 'contradicts';
    return `The ${sign} correlation of the ${name} exponent ${verb} the paper’s`;
  };
  return `${sentence('max', 'largest')}. ${sentence('mean', 'mean')}.`;
}
