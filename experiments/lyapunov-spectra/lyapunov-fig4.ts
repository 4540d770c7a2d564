import type { Comparison, Experiment } from '../runner/experiment.js';
import { characterSizes, sizesText, tunedCharacterRuns } from './character-runs.js';
import {
  type Correlations,
  closestText,
  correlationTable,
  correlationText,
  type ExponentsAndLoss,
  exponentsAndLoss,
  signText,
  wholeStateText,
} from './exponents-and-loss.js';
import {
  drawLabel,
  type PairResult,
  type PairSettings,
  pairParts,
  pairRun,
  pairSchema,
  pairSettings,
} from './pair-runs.js';

/** Exponents of trained character models against their losses. */
export const lyapunovFig4: Experiment<PairSettings, PairResult> = {
  id: 'lyapunov-fig4',
  title: 'Exponents and loss over random learning rates and dropout rates (figure 4 A and B of Vogt et al.)',
  paper: 'Vogt et al. 2022',
  data: 'War and Peace',
  settings: { schema: pairSchema, ...pairSettings },
  parts: pairParts,
  compute: (part, context) =>
    pairRun(part, { context, spectraAfter: (epoch) => epoch === part.settings.epochs }),
  async summarise(results, { settings, full }) {
    const runs = results.map(({ value }) => value);
    const found = await exponentsAndLoss(runs, {
      title: 'Spectra of trained character models, and their losses',
      about: ({ draw }) => ({ label: drawLabel(draw), learningRate: draw.learningRate }),
      lossLabel: 'validation loss (nats)',
    });
    return {
      numbers: { runs, correlations: found.correlations },
      figures: [found.figure],
      sizes: [{ quantity: 'runs', paper: 60, here: settings.runs }, ...characterSizes(settings)],
      comparison: comparison(found.correlations),
      tuned: tunedCharacterRuns,
      text: text(settings, found, full),
    };
  },
};

/** The paper prints no coefficient; these are computed here from the 110 runs that its authors released with their code. */
const released = { max: '-0.57', mean: '+0.48' } as const;

function comparison({ hidden }: Correlations): Comparison[] {
  const row = (statistic: 'max' | 'mean', name: string, sign: string): Comparison => ({
    quantity: `Spearman’s ρ of the ${name} exponent with the validation loss`,
    paper: `${sign}; ${released[statistic]} in its released runs (computed here)`,
    here: correlationText(hidden[statistic]),
  });
  return [
    row('max', 'largest', 'negative: networks with a largest exponent closer to zero do better'),
    row('mean', 'mean', 'weaker than that of the largest'),
  ];
}

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

${correlationTable(correlations)}

In brackets 95% intervals (Bonett and Wright). ${closestText(correlations)}

${verdict(correlations)} ${rateText(correlations)} ${wholeStateText(correlations)}`;
}

/** How much of the correlations the learning rate explains. */
function rateText({ partial, learningRate }: Correlations): string {
  if (partial === undefined || learningRate === undefined) return '';
  const [largest, average] = (['max', 'mean'] as const).map((statistic) => signText(partial[statistic]));
  const conclusion =
    largest === 'undecided'
      ? 'so these runs do not show that the largest exponent says more of the loss than the learning rate does'
      : 'so the largest exponent says something of the loss that the learning rate does not';
  return `The learning rate by itself has ρ = ${correlationText(learningRate)} with the loss. With it held fixed, the correlation of the largest exponent is ${largest} and that of the mean ${average}: ${conclusion}.`;
}

function verdict({ hidden }: Correlations): string {
  const expected = { max: 'negative', mean: 'positive' } as const;
  const sentence = (statistic: 'max' | 'mean', name: string): string => {
    const sign = signText(hidden[statistic]);
    if (sign === 'undecided') return `The sign for the ${name} exponent is not settled by these runs`;
    const verb = sign === expected[statistic] ? 'agrees with' : 'contradicts';
    return `The ${sign} correlation of the ${name} exponent ${verb} that of the paper’s released runs`;
  };
  return `${sentence('max', 'largest')}. ${sentence('mean', 'mean')}.`;
}
