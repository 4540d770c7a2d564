import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { type RankCorrelation, rankCorrelation } from '@hurwitz/lyapunov';
import type { ExperimentFigure } from './experiment.js';
import { markdownTable } from './ledger.js';
import { type LayerSpectra, mean, type WatchedRun } from './spectra-in-training.js';

/** A trained network: its loss and its spectra. */
export interface LossAndSpectra {
  /** For the legend, such as `p = 0.1`. */
  label: string;
  validation: number;
  spectra: LayerSpectra;
}

/** The end of a run. */
function endOf(label: string, { epochs }: WatchedRun): LossAndSpectra {
  const { validation, spectra } = epochs.at(-1)!;
  return { label, validation, spectra: spectra! };
}

export const statistics = ['max', 'mean'] as const;
export type Statistic = (typeof statistics)[number];
export const statisticOf = (statistic: Statistic, exponents: number[]): number =>
  statistic === 'max' ? exponents[0]! : mean(exponents);

type Jacobian = keyof LayerSpectra;
export type Correlations = Record<Jacobian, Record<Statistic, RankCorrelation>>;

/** Rank correlations of the largest and the mean exponent with the loss, for both Jacobians. */
function correlate(networks: readonly LossAndSpectra[]): Correlations {
  const losses = networks.map(({ validation }) => validation);
  const of =
    (jacobian: Jacobian) =>
    (statistic: Statistic): RankCorrelation =>
      rankCorrelation(
        networks.map(({ spectra }) => statisticOf(statistic, spectra[jacobian].exponents)),
        losses,
      );
  const both = (each: (statistic: Statistic) => RankCorrelation): Record<Statistic, RankCorrelation> => ({
    max: each('max'),
    mean: each('mean'),
  });
  return { hidden: both(of('hidden')), full: both(of('full')) };
}

/** Six networks spread evenly over the losses, from the best to the worst. */
function sixOf<Network extends { validation: number }>(networks: readonly Network[]): Network[] {
  const sorted = [...networks].sort((a, b) => a.validation - b.validation);
  const places = [...new Set([0, 1, 2, 3, 4, 5].map((i) => Math.round((i * (sorted.length - 1)) / 5)))];
  return places.map((place) => sorted[place]!);
}

/** Spectra of six of the networks, A to F, and loss against the largest and the mean exponent of all. */
function lossPanels(networks: readonly LossAndSpectra[], lossLabel: string): FigureGridPanel[] {
  const shown = sixOf(networks);
  const letterOf = (network: LossAndSpectra): string => 'ABCDEF'[shown.indexOf(network)] ?? '';
  const finite = networks.filter(({ spectra }) => spectra.hidden.exponents.every(Number.isFinite));
  const scatter = (statistic: Statistic): FigureGridPanel => ({
    scatterPlot: {
      title: statistic === 'max' ? 'Largest exponent' : 'Mean exponent',
      xLabel: 'bits per step',
      yLabel: lossLabel,
      groups: [
        {
          name: '',
          x: finite.map(({ spectra }) => statisticOf(statistic, spectra.hidden.exponents)),
          y: finite.map(({ validation }) => validation),
          labels: finite.map(letterOf),
        },
      ],
    },
  });
  const spectra: FigureGridPanel = {
    lineChart: {
      title: 'Spectra after training',
      xLabel: 'index',
      yLabel: 'exponent (bits per step)',
      series: shown.map((network) => {
        const exponents = network.spectra.hidden.exponents.filter(Number.isFinite);
        const x = exponents.map((_, i) => i + 1);
        return { name: `${letterOf(network)}: ${network.label}`, x, y: exponents };
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
  figure: ExperimentFigure;
}

/** What the ends of some runs say of exponents and losses, and the figure of it. */
export async function exponentsAndLoss<Run extends WatchedRun>(
  runs: readonly Run[],
  { title, label, lossLabel }: { title: string; label: (run: Run) => string; lossLabel: string },
): Promise<ExponentsAndLoss> {
  const networks = runs.filter(({ diverged }) => !diverged).map((run) => endOf(label(run), run));
  const panels = lossPanels(networks, lossLabel);
  const svg = await figureGrid({ title, columns: 3, width: 1140, panels });
  const caption = 'Spectra of six runs, and the loss of all against their largest and mean exponent';
  return {
    networks,
    diverged: runs.length - networks.length,
    correlations: correlate(networks),
    figure: { svg, caption },
  };
}

/** `-0.57 [-0.80, -0.19]`. */
function correlationText({ correlation, interval }: RankCorrelation): string {
  const [low, high] = interval.map((end) => end.toFixed(2));
  return `${correlation.toFixed(2)} [${low}, ${high}]`;
}

/** The correlations as a table, with what was found elsewhere. */
export function correlationTable({ hidden, full }: Correlations, paper: Record<Statistic, string>): string {
  const rows = statistics.map((statistic) => [
    statistic === 'max' ? 'largest exponent' : 'mean exponent',
    correlationText(hidden[statistic]),
    correlationText(full[statistic]),
    paper[statistic],
  ]);
  return markdownTable(
    ['Spearman’s ρ with the validation loss', 'hidden only', 'with the cell', 'paper'],
    rows,
  );
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
