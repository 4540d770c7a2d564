import { type FigureGridPanel, figureGrid, type LineSeries } from '@hurwitz/figures';
import type { Config, Stage } from '@hurwitz/training';
import { contractionFactor, languageModelStage, type TokenCorpus } from '@hurwitz/training';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, RNN } from '@tensorflow/tfjs-layers';
import type { z } from 'zod';
import { markdownTable } from '../ledger/ledger.js';
import {
  type Comparison,
  type Experiment,
  type Part,
  type PartResult,
  valuesOf,
} from '../runner/experiment.js';
import { count, counts, positive } from '../shared/settings.js';
import { inputGradientNorms } from './input-gradients.js';
import {
  cellName,
  factorText,
  sizesText,
  type TextCell,
  type TextFacts,
  type TextPart,
  textCells,
  textConfig,
  textOf,
  textPart,
  textSchema,
  textSettings,
  textSizes,
  trainText,
  tunedText,
} from './text-models.js';

const schema = textSchema.extend({
  /** Truncation lengths of the models trained beside the recurrent one. */
  ks: counts,
  /** Held-out windows over which gradients are averaged, and their words. */
  windows: count,
  steps: count,
  /** Moments at which weights are compared. */
  moments: count,
  /** Rate of gradient descent. */
  rate: positive,
});
type Settings = z.infer<typeof schema>;

interface ModelPart extends Part {
  readonly kind: 'model';
  readonly cell: TextCell;
  readonly stable: boolean;
  readonly settings: Settings;
  readonly seed: number;
}

type Result =
  | PartResult<TextPart & { readonly settings: Settings }, TextFacts>
  | PartResult<ModelPart, Outcome>;

/** Gradient descent is what the theory speaks of; Adam is what one trains with. */
const optimizers = ['sgd', 'adam'] as const;
type Optimizer = (typeof optimizers)[number];

interface Outcome {
  cell: TextCell;
  stable: boolean;
  /** Of the model trained by Adam, as is the gradient, by distance from 0. */
  factor: number;
  gradient: number[];
  training: Record<Optimizer, Departure>;
}

/** How far truncated training departs from recurrent training. */
interface Departure {
  /** Steps of training, and how far the recurrent model's weights had moved by then. */
  at: number[];
  moved: number[];
  /** ‖w - w^k‖ at these moments, by k. */
  apart: number[][];
}

const truncation = { ks: [5, 15], moments: 12, rate: 1 };

/** How gradients fade in trained models of text, and how truncated training departs from recurrent training. */
export const truncationFig2: Experiment<Settings, Result> = {
  id: 'truncation-fig2',
  title: 'Gradients by distance, and truncated training, on text (figure 2 of Miller and Hardt)',
  paper: 'Miller and Hardt 2019',
  data: 'the folder of WikiText-2',
  settings: {
    schema,
    default: { ...textSettings.default, ...truncation, trainWords: 75_000, windows: 200, steps: 60 },
    full: { ...textSettings.full, ...truncation, windows: 1000, steps: 100 },
  },
  parts: (settings, seed) => [
    { ...textPart, settings },
    ...textCells.flatMap((cell) =>
      [false, true].map((stable) => ({
        key: `${cell}-${stable ? 'stable' : 'free'}`,
        ...{ kind: 'model' as const, cell, stable, settings, seed },
      })),
    ),
  ],
  async compute(part, context) {
    const corpus = await textOf(part.settings, context);
    if (part.kind === 'text') return { vocabularySize: corpus.vocabularySize };
    const outcome = await measure(part, corpus);
    const { gradient, factor } = outcome;
    context.progress(
      `λ = ${factor.toFixed(2)}, gradient at the far end ${gradient.at(-1)!.toExponential(1)}`,
    );
    return outcome;
  },
  async summarise(results, { settings, full }) {
    const [facts] = valuesOf(results, 'text') as [TextFacts];
    const outcomes = valuesOf(results, 'model');
    const caption =
      'Norm of the gradient by distance, and distance of truncated from recurrent weights during training';
    return {
      numbers: { ...facts, outcomes },
      figures: [{ svg: await draw(outcomes, settings), caption }],
      sizes: textSizes(settings, facts),
      comparison: outcomes.map((outcome) => comparison(outcome, settings)),
      tuned: `${tunedText}; gradient descent was added after the first result with Adam`,
      text: text(outcomes, { settings, full, facts }),
    };
  },
};

async function measure({ cell, stable, settings, seed }: ModelPart, corpus: TokenCorpus): Promise<Outcome> {
  const { windows, steps, rate } = settings;
  const changes = { cell, seed, ...(stable && { stable: settings.lambda }) };
  const descent = { optimizer: 'sgd', momentum: 0, learningRate: rate } as const;
  const sgd = await departure({ ...changes, ...descent }, { settings, corpus });
  let trained: Pick<Outcome, 'factor' | 'gradient'> | undefined;
  const adam = await departure(changes, {
    ...{ settings, corpus },
    afterTraining({ model, layer }, config) {
      const [kernel, bias] = model.getLayer('readout').getWeights() as [tf.Tensor2D, tf.Tensor1D];
      const options = { corpus, readout: { kernel, bias }, windows, steps };
      trained = {
        factor: contractionFactor(layer) as number,
        gradient: inputGradientNorms(layer as RNN, config, options),
      };
    },
  });
  return { cell, stable, ...trained!, training: { sgd, adam } };
}

/** Trains a recurrent model and its truncations from the same weights on the same batches. */
async function departure(
  changes: Partial<Config>,
  {
    settings,
    corpus,
    afterTraining,
  }: {
    settings: Settings;
    corpus: TokenCorpus;
    afterTraining?: (stage: Stage, config: Config) => void;
  },
): Promise<Departure> {
  let at: number[] = [];
  const train = async (truncate?: number): Promise<{ start: Float32Array; course: Float32Array[] }> => {
    const config = textConfig(settings, { ...changes, ...(truncate !== undefined && { truncate }) });
    const stage = languageModelStage(config, corpus);
    at = momentsOf(config.epochs * stage.batchesPerEpoch, settings.moments);
    const start = snapshot(stage.model);
    const course: Float32Array[] = [];
    await trainText(stage, {
      config,
      after: (step) => {
        if (at.includes(step)) course.push(snapshot(stage.model));
      },
    });
    if (truncate === undefined) afterTraining?.(stage, config);
    stage.model.dispose();
    return { start, course };
  };
  const { start, course } = await train();
  const apart: number[][] = [];
  for (const k of settings.ks) {
    const truncated = await train(k);
    apart.push(truncated.course.map((weights, i) => distance(weights, course[i]!)));
  }
  return { at, moved: course.map((weights) => distance(weights, start)), apart };
}

/** Steps spread evenly on a logarithmic axis, from the first to the last. */
function momentsOf(steps: number, count: number): number[] {
  const spread = Array.from({ length: count }, (_, i) => Math.round(steps ** (i / (count - 1))));
  return [...new Set(spread)];
}

/** Every weight of a model, in one row. */
function snapshot(model: LayersModel): Float32Array {
  const weights = model.getWeights().map((weight) => weight.dataSync() as Float32Array);
  const all = new Float32Array(weights.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const weight of weights) {
    all.set(weight, from);
    from += weight.length;
  }
  return all;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
}

function nameOf({ cell, stable }: Outcome, { lambda }: Settings): string {
  return stable ? `stable ${cellName(cell)}, λ = ${lambda}` : cellName(cell);
}

function comparison(outcome: Outcome, settings: Settings): Comparison {
  const far = Math.min(20, settings.steps - 1);
  const share = outcome.gradient[far]! / outcome.gradient[0]!;
  return {
    quantity: `gradient ${far} words back over that at the word, ${nameOf(outcome, settings)}`,
    paper: outcome.stable ? 'not in the figure' : 'vanishes at moderate distances; a curve without numbers',
    here: share.toExponential(1),
  };
}

function draw(outcomes: Outcome[], settings: Settings): Promise<string> {
  const curve = (outcome: Outcome, x: readonly number[], y: readonly number[]): LineSeries => {
    const kept = x.map((_, i) => i).filter((i) => y[i]! > 0);
    return { name: nameOf(outcome, settings), x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
  };
  const distances = Array.from({ length: settings.steps }, (_, i) => i);
  const apart = (k: number, optimizer: Optimizer): FigureGridPanel => ({
    lineChart: {
      title: `‖w - w^k‖, k = ${k}, ${optimizerNames[optimizer]}`,
      ...{ xLabel: 'steps of training', xScale: 'log', yScale: 'log' },
      series: outcomes.map((outcome) => {
        const { at, apart } = outcome.training[optimizer];
        return curve(outcome, at, apart[settings.ks.indexOf(k)]!);
      }),
    },
  });
  const gradient: FigureGridPanel = {
    lineChart: {
      ...{ title: '‖∂p_t/∂x_{t-i}‖', xLabel: 'distance i (words)', yScale: 'log' },
      series: outcomes.map((outcome) => curve(outcome, distances, outcome.gradient)),
    },
  };
  const { ks } = settings;
  return figureGrid({ panels: [gradient, ...ks.map((k) => apart(k, 'sgd')), apart(ks.at(-1)!, 'adam')] });
}

const optimizerNames: Record<Optimizer, string> = { sgd: 'gradient descent', adam: 'Adam' };

function text(
  outcomes: Outcome[],
  { settings, full, facts }: { settings: Settings; full: boolean; facts: TextFacts },
): string {
  const { ks, windows, steps } = settings;
  const gradientAt = [1, 5, 10, 20, 40].filter((i) => i < steps);
  const gradients = markdownTable(
    ['model', 'λ', ...gradientAt.map((i) => `i = ${i}`), 'halves every'],
    outcomes.map((outcome) => [
      nameOf(outcome, settings),
      factorText(outcome.factor),
      ...gradientAt.map((i) => (outcome.gradient[i]! / outcome.gradient[0]!).toExponential(1)),
      `${halving(outcome.gradient).toFixed(1)} words`,
    ]),
  );
  const weights = markdownTable(
    ['model', 'trained by', 'moved', ...ks.map((k) => `apart at k = ${k}`)],
    outcomes.flatMap((outcome) =>
      optimizers.map((optimizer) => {
        const { moved, apart } = outcome.training[optimizer];
        const way = moved.at(-1)!;
        const share = (value: number): string =>
          `${value.toPrecision(3)} (${((100 * value) / way).toFixed(1)}%)`;
        return [
          ...[nameOf(outcome, settings), optimizerNames[optimizer], way.toPrecision(3)],
          ...apart.map((each) => share(each.at(-1)!)),
        ];
      }),
    ),
  );
  return `${sizesText(settings, { full, facts })}

Gradients of the loss at a word with respect to the input i words before it (its row of the layer's kernel), averaged over ${windows} windows of ${steps} words of held-out text; relative to i = 0, and the distance over which they halve between i = 2 and i = 20.

${gradients}

Models from the same weights on the same batches, one recurrent with carried state, the others truncated after k words: how far the recurrent one moved in training, and how far apart a truncated one is at its end, also as a share of that way. Gradient descent has the constant rate ${settings.rate} and gradients clipped to norm 1, as Adam's are; Adam divides by the size of the gradients, so differences between small gradients weigh as much as those between large ones. Projection moves the weights of a stable model too, most of all in the first step.

${weights}`;
}

/** Words over which the gradient halves, by the slope between two distances. */
function halving(gradient: readonly number[]): number {
  const [near, far] = [2, Math.min(20, gradient.length - 1)];
  return ((far - near) * Math.LN2) / Math.log(gradient[near]! / gradient[far]!);
}
