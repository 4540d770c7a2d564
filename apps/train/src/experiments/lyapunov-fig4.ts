import { sizesText } from './character-runs.js';
import type { Experiment } from './experiment.js';
import {
  type Correlations,
  correlationTable,
  type ExponentsAndLoss,
  exponentsAndLoss,
  signText,
  wholeStateText,
} from './exponents-and-loss.js';
import { drawLabel, type PairSettings, pairRuns, pairSettings } from './pair-runs.js';

/** Exponents of trained character models against their losses. */
export const lyapunovFig4: Experiment<PairSettings> = {
  id: 'lyapunov-fig4',
  title: 'Exponents and loss over random learning rates and dropout rates (figure 4 A and B of Vogt et al.)',
  data: 'War and Peace',
  settings: ({ full }) => pairSettings(full),
  async run(context) {
    const { settings, full } = context;
    const runs = await pairRuns(context, (epoch) => epoch === settings.epochs);
    const found = await exponentsAndLoss(runs, {
      title: 'Spectra of trained character models, and their losses',
      label: ({ draw }) => drawLabel(draw),
      lossLabel: 'validation loss (nats per character)',
    });
    return {
      numbers: { runs, correlations: found.correlations },
      figures: [found.figure],
      text: text(settings, found, full),
    };
  },
};

/** Of the 110 runs that the authors released. */
const released = { max: '-0.57', mean: '+0.48' } as const;

function text(
  settings: PairSettings,
  { networks, correlations, diverged }: ExponentsAndLoss,
  full: boolean,
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

${correlationTable(correlations, released)}

In brackets 95% intervals (Bonett and Wright). The paper’s column is that of the 110 runs released with its code (512 units, hidden only).

${verdict(correlations)} ${wholeStateText(correlations)}`;
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
