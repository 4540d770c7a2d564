import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { partialRankCorrelation, type RankCorrelation, rankCorrelation } from '@hurwitz/lyapunov';
import { markdownTable } from '../ledger/ledger.js';
import type { Figure } from '../runner/experiment.js';
import { mean } from '../shared/mean.js';
import type { LayerSpectra, WatchedRun } from './spectra-in-training.js';

/** A trained network: its loss and its spectra. */
export interface LossAndSpectra {
  /** For the legend, such as `p = 0.1`. */
  label: string;
  /** Where runs differ in it and it may explain the loss by itself. */
  learningRate?: number;
  validation: number;
  spectra: LayerSpectra;
}

/** The end of a run. */
function endOf(
  { epochs }: WatchedRun,
  about: Pick<LossAndSpectra, 'label' | 'learningRate'>,
): LossAndSpectra {
  const { validation, spectra } = epochs.at(-1)!;
  return { ...about, validation, spectra: spectra! };
}

/** What the paper correlates with the loss. */
export const statistics = ['max', 'mean'] as const;
export type Statistic = (typeof statistics)[number];
export const statisticOf = (statistic: Statistic | 'variance', exponents: number[]): number => {
  if (statistic === 'max') return exponents[0]!;
  const centre = mean(exponents);
  return statistic === 'mean' ? centre : mean(exponents.map((value) => (value - centre) ** 2));
};

type Jacobian = keyof LayerSpectra;
type PerStatistic = Record<Statistic | 'variance', RankCorrelation>;

export interface Correlations extends Record<Jacobian, PerStatistic> {
  /** Hidden only, with the learning rate held fixed; where runs differ in it. */
  partial?: PerStatistic;
  /** Of the learning rate itself with the loss. */
  learningRate?: RankCorrelation;
}

/** Rank correlations of the largest exponent, the mean and the variance with the loss, for both Jacobians. */
function correlate(networks: readonly LossAndSpectra[]): Correlations {
  const losses = networks.map(({ validation }) => validation);
  const rates = networks.flatMap(({ learningRate }) => learningRate ?? []);
  const each = (jacobian: Jacobian, correlation: (values: number[]) => RankCorrelation): PerStatistic => {
    const of = (statistic: Statistic | 'variance'): RankCorrelation =>
      correlation(networks.map(({ spectra }) => statisticOf(statistic, spectra[jacobian].exponents)));
    return { max: of('max'), mean: of('mean'), variance: of('variance') };
  };
  const withLoss = (values: number[]): RankCorrelation => rankCorrelation(values, losses);
  return {
    hidden: each('hidden', withLoss),
    full: each('full', withLoss),
    ...(rates.length === networks.length && {
      partial: each('hidden', (values) => partialRankCorrelation(values, losses, rates)),
      learningRate: withLoss(rates),
    }),
  };
}

/** Six networks spread evenly over the losses, from the best to the worst. */
function sixOf<Network extends { validation: number }>(networks: readonly Network[]): Network[] {
  const sorted = [...networks].sort((a, b) => a.validation - b.validation);
  const places = [...new Set([0, 1, 2, 3, 4, 5].map((i) => Math.round((i * (sorted.length - 1)) / 5)))];
  return places.map((place) => sorted[place]!);
}

/** Spectra of all networks, six of them, A to F, in colour, and the loss of all against their largest and mean exponent. */
function lossPanels(networks: readonly LossAndSpectra[], lossLabel: string): FigureGridPanel[] {
  const shown = sixOf(networks);
  const others = networks.filter((network) => !shown.includes(network));
  const colourOf = (network: LossAndSpectra): number | 'muted' =>
    shown.includes(network) ? shown.indexOf(network) : 'muted';
  const letterOf = (network: LossAndSpectra): string => 'ABCDEF'[shown.indexOf(network)] ?? '';
  const finite = networks.filter(({ spectra }) => spectra.hidden.exponents.every(Number.isFinite));
  const scatter = (statistic: Statistic): FigureGridPanel => ({
    scatterPlot: {
      title: statistic === 'max' ? 'Largest exponent' : 'Mean exponent',
      xLabel: 'bits per step',
      yLabel: lossLabel,
      groups: [others, ...shown.map((network) => [network])]
        .map((group) => group.filter((network) => finite.includes(network)))
        .filter((group) => group.length > 0)
        .map((group) => ({
          name: '',
          x: group.map(({ spectra }) => statisticOf(statistic, spectra.hidden.exponents)),
          y: group.map(({ validation }) => validation),
          labels: group.map(letterOf),
          colour: colourOf(group[0]!),
        })),
    },
  });
  const spectra: FigureGridPanel = {
    lineChart: {
      title: 'Spectra after training',
      xLabel: 'index',
      xDomain: [1, networks[0]!.spectra.hidden.exponents.length],
      yLabel: 'exponent (bits per step)',
      series: [...others, ...shown].map((network) => {
        const exponents = network.spectra.hidden.exponents.filter(Number.isFinite);
        const x = exponents.map((_, i) => i + 1);
        const letter = letterOf(network);
        const name = letter === '' ? '' : `${letter}: ${network.label}`;
        return { name, x, y: exponents, colour: colourOf(network), thin: letter === '' };
      }),
    },
  };
  return [spectra, scatter('max'), scatter('mean')];
}

export interface ExponentsAndLoss {
  /** Those that did not diverge. */
  networks: LossAndSpectra[];
  diverged: number;
  correlations: Correlations;
  figure: Figure;
}

/** What the ends of some runs say of exponents and losses, and the figure of it. */
export async function exponentsAndLoss<Run extends WatchedRun>(
  runs: readonly Run[],
  {
    title,
    about,
    lossLabel,
  }: {
    title: string;
    about: (run: Run) => Pick<LossAndSpectra, 'label' | 'learningRate'>;
    lossLabel: string;
  },
): Promise<ExponentsAndLoss> {
  const networks = runs.filter(({ diverged }) => !diverged).map((run) => endOf(run, about(run)));
  const panels = lossPanels(networks, lossLabel);
  const svg = await figureGrid({ title, columns: 2, width: 900, panels });
  const caption =
    'Spectra of all runs, six of them in colour, and the loss of all against their largest and mean exponent';
  return {
    networks,
    diverged: runs.length - networks.length,
    correlations: correlate(networks),
    figure: { svg, caption },
  };
}

/** `-0.57 [-0.80, -0.19]`. */
export function correlationText({ correlation, interval }: RankCorrelation): string {
  const [low, high] = interval.map((end) => end.toFixed(2));
  return `${correlation.toFixed(2)} [${low}, ${high}]`;
}

const statisticNames = {
  max: 'largest exponent',
  mean: 'mean exponent',
  variance: 'variance of the exponents',
} as const;

/** The correlations as a table. */
export function correlationTable({ hidden, full, partial }: Correlations): string {
  const rows = ([...statistics, 'variance'] as const).map((statistic) => [
    statisticNames[statistic],
    correlationText(hidden[statistic]),
    ...(partial === undefined ? [] : [correlationText(partial[statistic])]),
    correlationText(full[statistic]),
  ]);
  const header = [
    'Spearman’s ρ with the validation loss',
    'hidden only',
    ...(partial === undefined ? [] : ['hidden only, learning rate held fixed']),
    'with the cell',
  ];
  return markdownTable(header, rows);
}

/** Which of the three goes along with the loss most closely. */
export function closestText({ hidden }: Correlations): string {
  const closest = ([...statistics, 'variance'] as const).reduce((a, b) =>
    Math.abs(hidden[b].correlation) > Math.abs(hidden[a].correlation) ? b : a,
  );
  return `Of the three, the ${statisticNames[closest]} goes along with the loss most closely.`;
}

/** What the exponents of the whole state say of the two correlations. */
export function wholeStateText({ hidden, full }: Correlations): string {
  const same = statistics.every((statistic) => signText(full[statistic]) === signText(hidden[statistic]));
  if (same) return 'The exponents of the whole state, h and c, lead to the same signs.';
  const [largest, average] = statistics.map((statistic) => signText(full[statistic]));
  return `Of the whole state, h and c, the correlation is ${largest} for the largest exponent and ${average} for the mean: freezing the cell, as the paper does, decides what such a figure shows.`;
}

/** Whether a correlation has a sign that its interval settles. */
export function signText({ interval: [low, high] }: RankCorrelation): 'negative' | 'positive' | 'undecided' {
  if (high < 0) return 'negative';
  return low > 0 ? 'positive' : 'undecided';
}
