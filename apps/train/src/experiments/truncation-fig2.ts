import { type FigureGridPanel, figureGrid, type LineSeries } from '@hurwitz/figures';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, RNN } from '@tensorflow/tfjs-layers';
import type { Config } from '../config/schema.js';
import { languageModelStage, type TokenCorpus } from '../tasks/language-model.js';
import { contractionFactor } from '../training/keep-stable.js';
import type { Experiment } from './experiment.js';
import { inputGradientNorms } from './input-gradients.js';
import { markdownTable } from './ledger.js';
import {
  factorText,
  loadText,
  sizesText,
  type TextSettings,
  textConfig,
  textSettings,
  trainText,
} from './text-models.js';

interface Settings extends TextSettings {
  /** Truncation lengths of the models trained beside the recurrent one. */
  readonly ks: readonly number[];
  /** Held-out windows over which gradients are averaged, and their words. */
  readonly windows: number;
  readonly steps: number;
  /** Moments at which weights are compared. */
  readonly moments: number;
}

interface Outcome {
  cell: 'vanilla' | 'lstm';
  stable: boolean;
  factor: number;
  /** By distance, from 0. */
  gradient: number[];
  /** Steps of training, and how far the recurrent model's weights had moved by then. */
  at: number[];
  moved: number[];
  /** ‖w - w^k‖ at these moments, by k. */
  apart: number[][];
}

/** How gradients fade in trained models of text, and how truncated training departs from recurrent training. */
export const truncationFig2: Experiment<Settings> = {
  id: 'truncation-fig2',
  title: 'Gradients by distance, and truncated training, on text (figure 2 of Miller and Hardt)',
  data: 'the folder of WikiText-2',
  settings: ({ full }) => {
    const shared = { ...textSettings(full), ks: [5, 15], moments: 12 };
    return full
      ? { ...shared, windows: 1000, steps: 100 }
      : { ...shared, trainWords: 75_000, windows: 200, steps: 60 };
  },
  async run({ settings, seed, full, dataDir, part, progress }) {
    const corpus = await loadText(dataDir, settings);
    const outcomes: Outcome[] = [];
    for (const cell of ['vanilla', 'lstm'] as const) {
      for (const stable of [false, true]) {
        const key = `${cell}-${stable ? 'stable' : 'free'}`;
        outcomes.push(await part(key, () => measure({ cell, stable }, { settings, seed, corpus })));
        const { gradient, factor } = outcomes.at(-1)!;
        progress(
          `${key}: λ = ${factor.toFixed(2)}, gradient at the far end ${gradient.at(-1)!.toExponential(1)}`,
        );
      }
    }
    const caption =
      'Norm of the gradient by distance, and distance of truncated from recurrent weights during training';
    return {
      numbers: { vocabularySize: corpus.vocabularySize, outcomes },
      figures: [{ svg: await draw(outcomes, settings), caption }],
      text: text(outcomes, { settings, full, corpus }),
    };
  },
};

async function measure(
  { cell, stable }: Pick<Outcome, 'cell' | 'stable'>,
  { settings, seed, corpus }: { settings: Settings; seed: number; corpus: TokenCorpus },
): Promise<Outcome> {
  const configOf = (truncate?: number): Config =>
    textConfig(settings, {
      ...{ cell, seed },
      ...(stable && { stable: settings.lambda }),
      ...(truncate !== undefined && { truncate }),
    });
  const config = configOf();
  const stage = languageModelStage(config, corpus);
  const at = momentsOf(config.epochs * stage.batchesPerEpoch, settings.moments);
  const start = snapshot(stage.model);
  const recurrent: Float32Array[] = [];
  const after =
    (record: (model: LayersModel, index: number) => void, model: LayersModel) => (step: number) => {
      const index = at.indexOf(step);
      if (index >= 0) record(model, index);
    };
  await trainText(stage, { config, after: after((model) => recurrent.push(snapshot(model)), stage.model) });
  const [kernel, bias] = stage.model.getLayer('readout').getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const { windows, steps } = settings;
  const gradient = inputGradientNorms(stage.layer as RNN, config, {
    corpus,
    readout: { kernel, bias },
    windows,
    steps,
  });
  const factor = contractionFactor(stage.layer) as number;
  stage.model.dispose();
  const apart: number[][] = [];
  for (const k of settings.ks) {
    const truncatedConfig = configOf(k);
    const truncated = languageModelStage(truncatedConfig, corpus);
    const distances: number[] = [];
    const record = (model: LayersModel, index: number): void => {
      distances.push(distance(snapshot(model), recurrent[index]!));
    };
    await trainText(truncated, { config: truncatedConfig, after: after(record, truncated.model) });
    truncated.model.dispose();
    apart.push(distances);
  }
  return { cell, stable, factor, gradient, at, moved: recurrent.map((each) => distance(each, start)), apart };
}

/** Steps spread evenly on a logarithmic axis, from the first to the last. */
function momentsOf(steps: number, count: number): number[] {
  const spread = Array.from({ length: count }, (_, i) => Math.round(steps ** (i / (count - 1))));
  return [...new Set(spread)];
}

/** Every weight of a model, in one row. */
function snapshot(model: LayersModel): Float32Array {
  const parts = model.getWeights().map((weight) => weight.dataSync() as Float32Array);
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  return all;
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0));
}

function nameOf({ cell, stable }: Outcome, { lambda }: Settings): string {
  const base = cell === 'vanilla' ? 'RNN' : 'LSTM';
  return stable ? `stable ${base}, λ = ${lambda}` : base;
}

function draw(outcomes: Outcome[], settings: Settings): Promise<string> {
  const curve = (outcome: Outcome, x: readonly number[], y: readonly number[]): LineSeries => {
    const kept = x.map((_, i) => i).filter((i) => y[i]! > 0);
    return { name: nameOf(outcome, settings), x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
  };
  const distances = Array.from({ length: settings.steps }, (_, i) => i);
  const apart = (k: number, index: number): FigureGridPanel => ({
    lineChart: {
      ...{ title: `‖w - w^k‖, k = ${k}`, xLabel: 'steps of training', xScale: 'log', yScale: 'log' },
      series: outcomes.map((outcome) => curve(outcome, outcome.at, outcome.apart[index]!)),
    },
  });
  const moved: FigureGridPanel = {
    lineChart: {
      ...{ title: '‖w - w₀‖, recurrent', xLabel: 'steps of training', xScale: 'log', yScale: 'log' },
      series: outcomes.map((outcome) => curve(outcome, outcome.at, outcome.moved)),
    },
  };
  const gradient: FigureGridPanel = {
    lineChart: {
      ...{ title: '‖∂p_t/∂x_{t-i}‖', xLabel: 'distance i (words)', yScale: 'log' },
      series: outcomes.map((outcome) => curve(outcome, distances, outcome.gradient)),
    },
  };
  return figureGrid({ panels: [gradient, moved, ...settings.ks.map(apart)] });
}

function text(
  outcomes: Outcome[],
  { settings, full, corpus }: { settings: Settings; full: boolean; corpus: TokenCorpus },
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
    ['model', 'moved', ...ks.map((k) => `apart at k = ${k}`), ...ks.map((k) => `share at k = ${k}`)],
    outcomes.map((outcome) => {
      const moved = outcome.moved.at(-1)!;
      const apart = outcome.apart.map((each) => each.at(-1)!);
      return [
        nameOf(outcome, settings),
        ...[moved, ...apart].map((value) => value.toPrecision(3)),
        ...apart.map((value) => `${((100 * value) / moved).toFixed(1)}%`),
      ];
    }),
  );
  return `${sizesText(settings, { full, corpus })}

Gradients of the loss at a word with respect to the input i words before it (its row of the layer's kernel), averaged over ${windows} windows of ${steps} words of held-out text; relative to i = 0, and the distance over which they halve between i = 2 and i = 20.

${gradients}

Two models from the same weights on the same batches, one recurrent with carried state, one truncated after k words: how far the recurrent one moved in training, how far apart the two are at its end, and that as a share of the way.

${weights}`;
}

/** Words over which the gradient halves, by the slope between two distances. */
function halving(gradient: readonly number[]): number {
  const [near, far] = [2, Math.min(20, gradient.length - 1)];
  return ((far - near) * Math.LN2) / Math.log(gradient[near]! / gradient[far]!);
}
