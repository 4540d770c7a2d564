import { lineChart } from '@hurwitz/figures';
import type { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import {
  type Comparison,
  type Experiment,
  type Part,
  type PartResult,
  valuesOf,
} from '../runner/experiment.js';
import { mean } from '../shared/mean.js';
import { count, counts } from '../shared/settings.js';
import {
  type Constraint,
  dilationScore,
  identificationData,
  identificationSchema,
  identify,
} from './identification.js';

const schema = identificationSchema.extend({ units: counts, realisations: count });
type Settings = z.infer<typeof schema>;

/** One random contraction: what trained networks make of it, or the network that Theorem 1 builds from it. */
export interface RealisationPart<Kind extends string> extends Part {
  readonly kind: Kind;
  readonly settings: Settings;
  readonly seed: number;
}

type Result =
  | PartResult<RealisationPart<'realisation'>, Realisation>
  | PartResult<RealisationPart<'dilation'>, number>;

export interface Realisation {
  seed: number;
  /** R² of the contraction itself on the noisy test outputs. */
  ceiling: number;
  /** R² on the test sequences for each number of units. */
  free: number[];
  orthogonal: number[];
}

/** Mean and spread of R² over the realisations whose training did not diverge. */
interface Score {
  mean: number;
  deviation: number;
  diverged: number;
}

const constraints = [
  { constraint: 'free', name: 'RNN' },
  { constraint: 'orthogonal', name: 'URNN (W orthogonal)' },
] as const satisfies { constraint: Constraint; name: string }[];

/** Identification of random contractions by networks with free and with orthogonal W, at one noise level. */
function identificationExperiment({
  id,
  figure,
  signalToNoise,
}: {
  id: string;
  figure: number;
  signalToNoise: number;
}): Experiment<Settings, Result> {
  const shared = {
    ...{ signalToNoise, units: [2, 4, 6, 8, 10, 12, 14] },
    ...{ sequences: 100, testRatio: 0.3, steps: 1000 },
    ...{ batchSize: 10, learningRate: 0.01, epochs: 200, decayEpoch: 140, clipNorm: 1 },
  };
  return {
    id,
    title: `Identification of a contractive network at ${signalToNoise} dB (figure ${figure} of Emami et al.)`,
    paper: 'Emami et al. 2019',
    settings: {
      schema,
      default: { ...shared, realisations: 5 },
      full: { ...shared, realisations: 30 },
    },
    parts(settings, seed) {
      const each = <Kind extends string>(kind: Kind): RealisationPart<Kind>[] =>
        Array.from({ length: settings.realisations }, (_, index) => ({
          key: `${kind}-${index + 1}`,
          ...{ kind, settings, seed: 1000 * seed + index },
        }));
      return [...each('realisation'), ...each('dilation')];
    },
    compute({ kind, settings, seed }, { progress }) {
      return kind === 'realisation' ? realise(settings, { seed, progress }) : dilationScore(settings, seed);
    },
    async summarise(results, { settings }) {
      const realisations = valuesOf(results, 'realisation');
      const dilation = valuesOf(results, 'dilation');
      const scores = scoresOf(realisations);
      const ceiling = mean(realisations.map((each) => each.ceiling));
      return {
        numbers: { ceiling, dilation, scores, realisations },
        figures: [
          {
            svg: await draw(settings, { scores, ceiling }),
            caption: 'Test R² against the number of units, mean and standard deviation over realisations',
          },
        ],
        sizes: sizes(settings),
        comparison: comparison(settings, { scores, ceiling }),
        tuned: 'the decay of the rate (first none, then a tenth of it from epoch 140)',
        text: text(settings, { scores, ceiling, dilation }),
      };
    },
  };
}

export const equivalenceFig2 = identificationExperiment({
  id: 'equivalence-fig2',
  figure: 2,
  signalToNoise: 20,
});

export const equivalenceFig3 = identificationExperiment({
  id: 'equivalence-fig3',
  figure: 3,
  signalToNoise: 15,
});

async function realise(
  settings: Settings,
  { seed, progress }: { seed: number; progress: (message: string) => void },
): Promise<Realisation> {
  const data = identificationData(settings, seed);
  const realisation: Realisation = { seed, ceiling: data.ceiling, free: [], orthogonal: [] };
  for (const units of settings.units) {
    for (const { constraint } of constraints) {
      realisation[constraint].push(await identify(data, { units, constraint, seed, settings }));
    }
    const [free, orthogonal] = [realisation.free, realisation.orthogonal].map((each) =>
      each.at(-1)!.toFixed(3),
    );
    progress(`${units} units: RNN ${free}, URNN ${orthogonal} of ${data.ceiling.toFixed(3)}`);
  }
  return realisation;
}

type Scores = Record<Constraint, Score[]>;

function scoresOf(realisations: Realisation[]): Scores {
  const score = (values: number[]): Score => {
    const finite = values.filter(Number.isFinite);
    const average = mean(finite);
    const variance =
      finite.reduce((sum, value) => sum + (value - average) ** 2, 0) / Math.max(1, finite.length - 1);
    return { mean: average, deviation: Math.sqrt(variance), diverged: values.length - finite.length };
  };
  const of = (constraint: Constraint): Score[] =>
    realisations[0]![constraint].map((_, i) => score(realisations.map((each) => each[constraint][i]!)));
  return { free: of('free'), orthogonal: of('orthogonal') };
}

interface Outcome {
  scores: Scores;
  ceiling: number;
}

function draw({ units, signalToNoise }: Settings, { scores, ceiling }: Outcome): Promise<string> {
  return lineChart({
    title: `Identification of a contraction of 4 units, ${signalToNoise} dB`,
    xLabel: 'units of the model',
    yLabel: 'test R²',
    subtitle: 'Dashed: what the noise leaves a perfect model',
    xDomain: [units[0]! - 1, units.at(-1)! + 1],
    yDomain: [0.2, 1.02],
    references: [{ y: ceiling }],
    series: constraints.map(({ constraint, name }) => ({
      name: `${name}, mean ± standard deviation`,
      points: true,
      x: units,
      y: scores[constraint].map(({ mean }) => mean),
      low: scores[constraint].map(({ mean, deviation }) => mean - deviation),
      high: scores[constraint].map(({ mean, deviation }) => mean + deviation),
    })),
  });
}

/** Shares of the reachable R² at which the sizes are compared. */
const shares = [0.8, 0.85, 0.9, 0.95, 0.98];

function sizes({ realisations, units, sequences, steps, epochs }: Settings): Comparison[] {
  return [
    { quantity: 'realisations', paper: 30, here: realisations },
    { quantity: 'units of the models', paper: '2, 4, 6, 8, 10, 12, 14', here: units.join(', ') },
    { quantity: 'steps of a sequence', paper: 1000, here: steps },
    { quantity: 'sequences', paper: 'not given', here: sequences },
    { quantity: 'epochs', paper: 'not given', here: epochs },
  ];
}

/** The least numbers of units whose mean R² reaches a share of the contraction's own. */
function unitsNeeded({ units }: Settings, { scores, ceiling }: Outcome): Needed[] {
  return shares.map((share) => {
    const [free, orthogonal] = (['free', 'orthogonal'] as const).map((constraint) =>
      units.find((_, i) => scores[constraint][i]!.mean >= share * ceiling),
    );
    return { share, free, orthogonal };
  });
}

interface Needed {
  share: number;
  free: number | undefined;
  orthogonal: number | undefined;
}

function comparison(settings: Settings, outcome: Outcome): Comparison[] {
  return unitsNeeded(settings, outcome).map(({ share, free, orthogonal }) => ({
    quantity: `units for ${Math.round(100 * share)}% of the R² of the system, RNN and URNN`,
    paper: 'a curve without numbers; an equal URNN has at most twice the units (Theorem 1)',
    here: `${free ?? `more than ${settings.units.at(-1)}`} and ${orthogonal ?? `more than ${settings.units.at(-1)}`}`,
  }));
}

function text(settings: Settings, outcome: Outcome & { dilation: number[] }): string {
  const {
    units,
    realisations,
    sequences,
    testRatio,
    steps,
    batchSize,
    learningRate,
    epochs,
    decayEpoch,
    clipNorm,
  } = settings;
  const { scores, ceiling, dilation } = outcome;
  const cell = ({ mean, deviation, diverged }: Score): string =>
    `${mean.toFixed(3)} ± ${deviation.toFixed(3)}${diverged > 0 ? ` (${diverged} diverged)` : ''}`;
  const rows = units.map((count, i) => [count, cell(scores.free[i]!), cell(scores.orthogonal[i]!)]);
  const needed = unitsNeeded(settings, outcome);
  const most = units.at(-1)!;
  const ratios = needed.flatMap(({ free, orthogonal }) =>
    free !== undefined && orthogonal !== undefined ? [orthogonal / free] : [],
  );
  const reach = needed.map(({ share, free, orthogonal }) => [
    `${Math.round(100 * share)}%`,
    free ?? `> ${most}`,
    orthogonal ?? `> ${most}`,
    free !== undefined && orthogonal !== undefined ? (orthogonal / free).toFixed(1) : '',
  ]);
  return `
${realisations} random contractions of 4 units (W = I - 0.01 AᵀA/‖A‖², states on 60% of the time, 2 inputs, 2 outputs), ${sequences} sequences of
${steps} steps each, ${Math.round(100 * testRatio)}% of them for the test. Every model starts from the same orthogonal W and is trained by Adam on the mean
squared error for ${epochs} epochs in batches of ${batchSize}, at the rate ${learningRate} and a tenth of it from epoch ${decayEpoch}, gradients clipped at
norm ${clipNorm}; the URNN's W goes to the nearest orthogonal matrix after every step. The system itself has R² = ${ceiling.toFixed(4)} on the
noisy test outputs.

${markdownTable(['units', 'RNN', 'URNN'], rows)}

The URNN of 8 units that Theorem 1 builds from the system, without training, has ${mean(dilation).toFixed(4)} on average: where a trained one of 8
or more units has less, it is training that does not find it.

The least number of units whose mean R² reaches a share of that:

${markdownTable(['share', 'RNN', 'URNN', 'ratio'], reach)}

${finding(ratios, needed.length)}${unreached(needed)} Sizes go in steps of 2, so a ratio is only as sharp as
that. Twice the units, URNN against RNN: ${doubled(settings, scores)}.

The paper gives no numbers for its figure, nor the inputs, outputs, sequences, optimizer or epochs; those, the clipping and the decay are ours.`;
}

/** Mean R² of each URNN of twice as many units beside the RNN's. */
function doubled({ units }: Settings, { free, orthogonal }: Scores): string {
  return units
    .flatMap((count, i) => {
      const twice = units.indexOf(2 * count);
      if (twice < 0) return [];
      return [
        `${orthogonal[twice]!.mean.toFixed(3)} with ${2 * count} against ${free[i]!.mean.toFixed(3)} with ${count}`,
      ];
    })
    .join('; ');
}

/** The shares that the RNN reaches and no URNN does. */
function unreached(needed: Needed[]): string {
  const shares = needed
    .filter(({ free, orthogonal }) => free !== undefined && orthogonal === undefined)
    .map(({ share }) => `${Math.round(100 * share)}%`);
  return shares.length === 0 ? '' : ` No URNN of these sizes reaches ${shares.join(' or ')}.`;
}

/** What the ratios say, beside the twice of Theorem 1; shares that one of the two does not reach have none. */
function finding(ratios: number[], shares: number): string {
  if (ratios.length === 0)
    return 'No size reaches any of these shares, so the ratio of sizes cannot be told.';
  const average = mean(ratios);
  const range = `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)} times as many units`;
  const censored = shares - ratios.length;
  const left =
    censored === 0
      ? ''
      : ` ${censored} of the ${shares} shares ${censored === 1 ? 'is' : 'are'} left out of this mean, because one of the two does not reach ${censored === 1 ? 'it' : 'them'}: over all shares the ratio is larger.`;
  return `The trained URNN needs ${range}, ${average.toFixed(1)} on average over the ${ratios.length} shares that both reach.${left} Theorem 1 says that one of twice the units exists, not that training finds it.`;
}
