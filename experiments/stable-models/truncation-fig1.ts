import { type FigureGridPanel, figureGrid, type LineSeries } from '@hurwitz/figures';
import {
  compareTraining,
  gaussianInstance,
  gradientDistances,
  gradientGaps,
  type RateSchedule,
  trainingDistances,
} from '@hurwitz/truncation';
import { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import type { Comparison, Experiment, Part, PartResult } from '../runner/experiment.js';
import { mean } from '../shared/mean.js';
import { count, counts, positive } from '../shared/settings.js';

type Schedule = RateSchedule['schedule'];

const schema = z.strictObject({
  /** ‖W‖₂ of the instances; below 1 they are stable. */
  lambdas: z.array(positive).min(1),
  instances: count,
  units: count,
  inputDim: count,
  sequences: count,
  /** Steps of the input sequences. */
  length: count,
  /** Truncation lengths of the gradients. */
  ks: counts,
  /** Truncation length in training, its rate α (over t, or constant), and its steps. */
  k: count,
  alpha: positive,
  steps: count,
});
type Settings = z.infer<typeof schema>;

interface LambdaPart extends Part {
  readonly lambda: number;
  readonly settings: Settings;
  readonly seed: number;
}

/** All means over the instances. */
interface Outcome {
  lambda: number;
  /** Gradient gap at each k, and its proved bound where λ < 1. */
  gradientGap: number[];
  gradientBound?: number[];
  training: Record<Schedule, TrainingOutcome>;
}

interface TrainingOutcome {
  /** ‖w - w^k‖ after 0, 1, ... steps. */
  weightGap: number[];
  /** The bound of Proposition 2 with the constants that the run met, and as proved where λ < 1. */
  observedBound: number[];
  provedBound?: number[];
  loss: number;
}

const instances = {
  lambdas: [0.5, 0.75, 0.9, 1.25, 2, 4],
  ...{ units: 10, inputDim: 5, sequences: 10, length: 50 },
  ks: [1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40],
  ...{ k: 10, alpha: 0.5 },
};

/** Lemma 2 and Proposition 2 on random Gaussian instances. */
export const truncationFig1: Experiment<Settings, PartResult<LambdaPart, Outcome>> = {
  id: 'truncation-fig1',
  title: 'Gradients and weights of truncated models (figure 1 of Miller and Hardt)',
  paper: 'Miller and Hardt 2019',
  settings: {
    schema,
    default: { ...instances, instances: 5, steps: 200 },
    full: { ...instances, instances: 30, steps: 1000 },
  },
  parts: (settings, seed) =>
    settings.lambdas.map((lambda) => ({ key: `lambda-${lambda}`, ...{ lambda, settings, seed } })),
  compute({ lambda, settings, seed }, { progress }) {
    const outcome = measure(lambda, settings, seed);
    const gaps = Object.values(outcome.training).map(({ weightGap }) => weightGap.at(-1)!.toExponential(1));
    progress(`weights apart by ${gaps.join(' (α/t), ')} (constant)`);
    return outcome;
  },
  async summarise(results, { settings }) {
    const outcomes = results.map(({ value }) => value);
    const caption = 'Gradient gap against k, and weight gap against steps of training, with bounds dashed';
    return {
      numbers: { outcomes },
      figures: [{ svg: await draw(outcomes, settings), caption }],
      sizes: sizes(settings),
      comparison: comparison(outcomes, settings),
      tuned: 'nothing',
      text: text(outcomes, settings),
    };
  },
};

function measure(lambda: number, settings: Settings, seed: number): Outcome {
  const { instances, units, inputDim, sequences, length, ks, k, alpha, steps } = settings;
  const drawn = Array.from({ length: instances }, (_, i) =>
    gaussianInstance({ units, inputDim, sequences, steps: length, lambda, seed: 1000 * seed + i }),
  );
  const stable = lambda < 1;
  const train = (schedule: Schedule): TrainingOutcome => {
    const options = { k, steps, rate: { alpha, schedule } };
    const compared = stable
      ? drawn.map(({ model, task }) => compareTraining(model, task, { ...options, lambda }))
      : undefined;
    const runs =
      compared ??
      drawn.map(({ model, task }) => trainingDistances(model, task, { ...options, radius: lambda }));
    const course = (value: (step: number) => number[]): number[] =>
      Array.from({ length: steps + 1 }, (_, step) => mean(value(step)));
    return {
      weightGap: course((step) => runs.map(({ history }) => history[step]!.weightGap)),
      observedBound: course((step) => runs.map(({ history }) => history[step]!.observedBound)),
      ...(compared !== undefined && {
        provedBound: course((step) => compared.map(({ history }) => history[step]!.weightBound)),
      }),
      loss: mean(runs.map(({ history }) => history.at(-1)!.loss)),
    };
  };
  const gaps = drawn.map(({ model, task }) => gradientDistances(model, task, ks));
  const bounds = stable ? drawn.map(({ model, task }) => gradientGaps(model, task, ks)) : [];
  return {
    lambda,
    gradientGap: ks.map((_, i) => mean(gaps.map((each) => each[i]!.gap))),
    ...(stable && { gradientBound: ks.map((_, i) => mean(bounds.map((each) => each[i]!.bound))) }),
    training: { inverse: train('inverse'), constant: train('constant') },
  };
}

/** Below this a gap is rounding. */
const rounding = 1e-15;

function draw(outcomes: Outcome[], { ks, k, alpha, steps }: Settings): Promise<string> {
  const curve = (
    x: number[],
    y: number[] | undefined,
    style: Pick<LineSeries, 'name' | 'line'>,
  ): LineSeries => {
    const kept = x
      .map((_, i) => i)
      .filter((i) => y !== undefined && y[i]! > rounding && Number.isFinite(y[i]));
    return { ...style, x: kept.map((i) => x[i]!), y: kept.map((i) => y![i]!) };
  };
  // As many series solid as there are colours, so that the dashed ones repeat them.
  const panel = (
    title: string,
    { x, xLabel, yDomain }: { x: number[]; xLabel: string; yDomain: [number, number] },
    of: (outcome: Outcome) => { measured: number[]; bound: number[] | undefined },
  ): FigureGridPanel => ({
    lineChart: {
      ...{ title, xLabel, yDomain, yScale: 'log', yLabel: xLabel === 'k' ? '‖∇p - ∇p^k‖' : '‖w - w^k‖' },
      series: [
        ...outcomes.map((each) => curve(x, of(each).measured, { name: `λ = ${each.lambda}`, line: 'solid' })),
        ...outcomes
          .map((each) => curve(x, of(each).bound, { name: '', line: 'dashed' }))
          .filter((series) => series.x.length > 0),
      ],
    },
  });
  const training = { x: Array.from({ length: steps + 1 }, (_, i) => i), xLabel: 'steps of training' };
  const weights = (schedule: Schedule) => (outcome: Outcome) => ({
    measured: outcome.training[schedule].weightGap,
    bound: outcome.training[schedule].observedBound,
  });
  return figureGrid({
    title: 'Recurrent and truncated models on random Gaussian instances',
    subtitle: `Dashed: the proved bound on gradients; the bound on weights with the constants met in training (k = ${k})`,
    columns: 2,
    width: 900,
    panels: [
      panel('Gradients at the same weights', { x: ks, xLabel: 'k', yDomain: [1e-14, 1e4] }, (outcome) => ({
        measured: outcome.gradientGap,
        bound: outcome.gradientBound,
      })),
      panel(`Rate ${alpha}/t`, { ...training, yDomain: [1e-8, 1e3] }, weights('inverse')),
      panel(`Constant rate ${alpha}`, { ...training, yDomain: [1e-8, 1e3] }, weights('constant')),
    ],
  });
}

function sizes({ instances, units, length, steps }: Settings): Comparison[] {
  return [
    { quantity: 'instances at each λ', paper: 'not given', here: instances },
    { quantity: 'units', paper: 'not given', here: units },
    { quantity: 'steps of a sequence', paper: 'not given', here: length },
    { quantity: 'steps of training', paper: 'not given', here: steps },
  ];
}

const isStable = ({ gradientBound }: Outcome): boolean => gradientBound !== undefined;

/** Whether all gradient gaps of the stable instances lie below the proved bound. */
const within = (outcomes: Outcome[]): boolean =>
  outcomes
    .filter(isStable)
    .every(({ gradientGap, gradientBound }) =>
      gradientGap.every((gap, i) => gap <= gradientBound![i]! + rounding),
    );

/** The least and the largest ratio of the bound with the constants met to the weight gap, at the end, at λ < 1. */
function excess(outcomes: Outcome[], schedule: Schedule): string {
  const ratios = outcomes.filter(isStable).map(({ training }) => {
    const { observedBound, weightGap } = training[schedule];
    return observedBound.at(-1)! / weightGap.at(-1)!;
  });
  return `${Math.min(...ratios).toPrecision(2)} to ${Math.max(...ratios).toPrecision(2)}`;
}

function comparison(outcomes: Outcome[], { k }: Settings): Comparison[] {
  return [
    {
      quantity: `gradient gap at λ < 1 against the bound γ k λ^k (Lemma 2)`,
      paper: 'below it; a curve without numbers',
      here: `${within(outcomes) ? 'below it at every k' : 'not below it at every k'}`,
    },
    {
      quantity: `weight bound over weight gap at λ < 1, rates α/t, k = ${k} (Proposition 2)`,
      paper: 'of the right shape; a curve without numbers',
      here: excess(outcomes, 'inverse'),
    },
    {
      quantity: 'the same at a constant rate',
      paper: 'the bound no longer appears right',
      here: excess(outcomes, 'constant'),
    },
  ];
}

function text(outcomes: Outcome[], settings: Settings): string {
  const { instances, units, inputDim, sequences, length, ks, k, steps } = settings;
  const show = (value: number | undefined): string =>
    value === undefined ? 'none' : value === Infinity ? 'beyond float64' : value.toExponential(1);
  const last = <Value>(values: Value[] | undefined): Value | undefined => values?.at(-1);
  const at = ks.indexOf(k);
  const rows = outcomes.map(({ lambda, gradientGap, gradientBound, training: { inverse, constant } }) => [
    lambda,
    ...[gradientGap[at], gradientBound?.[at], last(inverse.weightGap), last(inverse.observedBound)].map(show),
    ...[last(inverse.provedBound), last(constant.weightGap), last(constant.observedBound)].map(show),
  ]);
  const stable = outcomes.filter(isStable);
  const asFast = stable.every(({ gradientGap, gradientBound }) =>
    gradientGap.every((gap, i) => {
      if (i === 0 || gap <= rounding) return true;
      return gap / gradientGap[i - 1]! <= gradientBound![i]! / gradientBound![i - 1]!;
    }),
  );
  const growth = outcomes.map(
    ({ training: { inverse, constant } }) => constant.weightGap.at(-1)! / inverse.weightGap.at(-1)!,
  );
  const unstable = outcomes
    .filter((each) => !stable.includes(each))
    .map(
      ({ lambda, gradientGap }) =>
        `${(gradientGap.at(-1)! / gradientGap[0]!).toPrecision(2)} at λ = ${lambda}`,
    )
    .join(', ');
  return `
Means over ${instances} instances for each λ = ‖W‖₂: tanh networks of ${units} units with ${inputDim} inputs, Gaussian weights without bias, ${sequences} Gaussian
sequences of ${length} steps, squared error of the last state, k = ${k}, ${steps} full-batch steps with W projected onto ‖W‖₂ ≤ λ. λ < 1
is stable, the others need not be: a random tanh network can forget at ‖W‖₂ above 1.

${markdownTable(
  [
    'λ',
    `gradient gap, k = ${k}`,
    'proved bound',
    'weight gap, α/t',
    'bound, constants met',
    'bound, proved',
    'weight gap, constant α',
    'bound, constants met',
  ],
  rows,
)}

- Lemma 2: gradient gaps at λ < 1 fall with k ${asFast ? 'everywhere at least' : 'not everywhere'} as fast as the bound, and ${within(outcomes) ? 'all lie' : 'not all lie'} below it.
- Proposition 2, rates α/t: with the gradient gap and smoothness met in the run, the bound at λ < 1 is ${excess(outcomes, 'inverse')} times the
  weight gap at the end, and of the same shape. With the proved constants it says nothing (see the table).
- Constant rates: the same bound grows exponentially and ends ${excess(outcomes, 'constant')} times too high, while the measured gap
  is ${Math.min(...growth).toPrecision(2)} to ${Math.max(...growth).toPrecision(2)} times that of rates α/t. So the bound is qualitatively wrong without 1/t, as the paper says; that 1/t is needed to keep
  the models close does not follow.
- Without stability (λ > 1) nothing bounds the gaps: from k = ${ks[0]} to k = ${ks.at(-1)} the gradient gap changes by a factor of
  ${unstable}.
- The paper gives no sizes; these are ours.`;
}
