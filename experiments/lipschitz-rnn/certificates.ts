import type { LipschitzRNN } from '@hurwitz/cells';
import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import { certifyContraction, checkTheorem1 } from '@hurwitz/stability';
import {
  addingTask,
  configVersion,
  defaultsOf,
  descend,
  makeOptimizer,
  validateConfig,
} from '@hurwitz/training';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import {
  type Comparison,
  type Experiment,
  type Part,
  type PartResult,
  valuesOf,
} from '../runner/experiment.js';
import { normals } from '../shared/normals.js';
import { count, nonnegative } from '../shared/settings.js';

const schema = z.strictObject({
  units: count,
  /** Random systems at each γ_A, and trained ones. */
  systems: count,
  seeds: count,
  randomGammas: z.array(nonnegative).min(1),
  trainedGammas: z.array(nonnegative).min(1),
  /** Of the adding problem, and how long it is learned. */
  length: count,
  epochs: count,
});
type Settings = z.infer<typeof schema>;

/** The systems at one γ_A. */
interface GammaPart extends Part {
  readonly kind: 'random' | 'trained';
  readonly gamma: number;
  readonly settings: Settings;
  readonly seed: number;
}

/** Shares of systems proved stable, between 0 and 1. */
interface Share {
  gamma: number;
  theorem: number;
  certificate: number;
}

const sizes = {
  units: 16,
  randomGammas: [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6],
  trainedGammas: [0.1, 0.5, 1, 1.5, 2, 3],
  ...{ length: 50, epochs: 2 },
};

/** How many systems a certificate reaches beyond Theorem 1. */
export const certificates: Experiment<Settings, PartResult<GammaPart, Share>> = {
  id: 'certificates',
  title: 'Certificates beyond Theorem 1 of Erichson et al.',
  paper: 'Erichson et al. 2021',
  settings: {
    schema,
    default: { ...sizes, systems: 50, seeds: 3 },
    full: { ...sizes, systems: 500, seeds: 10 },
  },
  parts(settings, seed) {
    const part = (kind: GammaPart['kind'], gamma: number): GammaPart => ({
      key: `${kind}-${gamma}`,
      ...{ kind, gamma, settings, seed },
    });
    return [
      ...settings.randomGammas.map((gamma) => part('random', gamma)),
      ...settings.trainedGammas.map((gamma) => part('trained', gamma)),
    ];
  },
  compute: ({ kind, gamma, settings, seed }) =>
    kind === 'random' ? randomShare(gamma, settings, seed) : trainedShare(gamma, settings),
  async summarise(results, { settings }) {
    const [random, trained] = [valuesOf(results, 'random'), valuesOf(results, 'trained')];
    return {
      numbers: { random, trained },
      figures: [
        {
          svg: await draw({ random, trained }, settings),
          caption: 'Share of systems proved stable against γ_A',
        },
      ],
      sizes: [
        { quantity: 'units', paper: 'the paper has no such table', here: settings.units },
        {
          quantity: 'random and trained systems at each γ_A',
          paper: 'none',
          here: `${settings.systems}, ${settings.seeds}`,
        },
      ],
      comparison: [...rows('random', random), ...rows('trained', trained)],
      tuned: 'nothing',
      text: text({ random, trained }, settings),
    };
  },
};

const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;

const rows = (kind: string, shares: Share[]): Comparison[] =>
  shares.map(({ gamma, theorem, certificate }) => ({
    quantity: `${kind} systems proved stable at γ_A = ${gamma}`,
    paper: `${percent(theorem)} (its Theorem 1, checked here)`,
    here: `${percent(certificate)} (certificate)`,
  }));

function share(gamma: number, systems: readonly { A: number[][]; W: number[][] }[]): Share {
  const of = (proved: (system: { A: number[][]; W: number[][] }) => boolean): number =>
    systems.filter(proved).length / systems.length;
  return {
    gamma,
    theorem: of((system) => checkTheorem1(system).holds),
    certificate: of((system) => certifyContraction({ ...system, rate: 1e-3 }).holds),
  };
}

/** Symmetric-skew A and W (β = 0.75) from Gaussian matrices of variance 1/(4 n), γ_W = 0.1. */
function randomShare(gamma: number, { units, systems }: Settings, seed: number): Share {
  const draw = (i: number, diffusion: number): number[][] => {
    const M = normals([units, units], seed + i).map((row) => row.map((x) => (0.5 / Math.sqrt(units)) * x));
    // (1 - β)(M + Mᵀ) + β(M - Mᵀ) - γ I
    return M.map((row, r) => row.map((x, c) => x - 0.5 * M[c]![r]! - (r === c ? diffusion : 0)));
  };
  const all = Array.from({ length: systems }, (_, i) => ({
    A: draw(2 * i, gamma),
    W: draw(2 * i + 1, 0.1),
  }));
  return share(gamma, all);
}

/** Lipschitz RNNs that learned the adding problem at a diffusion γ_A. */
async function trainedShare(gammaA: number, { units, seeds, length, epochs }: Settings): Promise<Share> {
  const systems: { A: number[][]; W: number[][] }[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const task = 'adding';
    const config = validateConfig({
      ...defaultsOf(task),
      ...{ version: configVersion, task, units, length, epochs, gammaA, seed, initStd: 4 },
    });
    const stage = await (await addingTask(config)).stages[0]!();
    const optimizer = makeOptimizer(config);
    await descend(stage, { optimizer, epochs, onNonFinite: () => 'skip' });
    const { A, W } = (stage.layer as LipschitzRNN).cell.systemMatrices();
    systems.push({ A: A.arraySync(), W: W.arraySync() });
    for (const each of [A, W, optimizer, stage.model]) each.dispose();
  }
  return share(gammaA, systems);
}

interface Shares {
  random: Share[];
  trained: Share[];
}

function draw({ random, trained }: Shares, { units, systems, seeds }: Settings): Promise<string> {
  const panel = (title: string, subtitle: string, shares: Share[]): FigureGridPanel => {
    const x = shares.map(({ gamma }) => gamma);
    const series = (name: string, of: (share: Share) => number) => ({
      ...{ name, x, points: true },
      y: shares.map((each) => 100 * of(each)),
    });
    return {
      lineChart: {
        ...{ title, subtitle, xLabel: 'γ_A', yLabel: 'systems proved stable (%)', yDomain: [0, 100] },
        series: [
          series('Theorem 1', ({ theorem }) => theorem),
          series('certificate', ({ certificate }) => certificate),
        ],
      },
    };
  };
  return figureGrid({
    columns: 2,
    width: 900,
    panels: [
      panel('Random systems', `${units} units, β = 0.75, ${systems} at each γ_A`, random),
      panel('Trained on the adding problem', `${units} units, ${seeds} seeds at each γ_A`, trained),
    ],
  });
}

function text({ random, trained }: Shares, { units, systems, seeds, length, epochs }: Settings): string {
  const table = (kind: string, shares: Share[]): string =>
    markdownTable(
      [`${kind}, γ_A`, 'Theorem 1', 'certificate'],
      shares.map(({ gamma, theorem, certificate }) => [gamma, percent(theorem), percent(certificate)]),
    );
  return `
${units} units, ${systems} random symmetric-skew systems at each γ_A (β = 0.75, γ_W = 0.1), and ${seeds} seeds of the adding problem (${length} steps,
${epochs} epochs) at each γ_A. "Certificate" is \`certifyContraction\` at the rate 0.001.

${table('random', random)}

${table('trained', trained)}`;
}
