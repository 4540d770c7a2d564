import { type FigureGridPanel, figureGrid } from '@hurwitz/figures';
import type { Config } from '@hurwitz/training';
import {
  contractionFactor,
  forgetBound,
  languageModelStage,
  measureText,
  type TokenCorpus,
} from '@hurwitz/training';
import type * as tf from '@tensorflow/tfjs-core';
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
  withReaders,
} from './text-models.js';

const schema = textSchema.extend({
  /** Truncation lengths that trained models are measured at. */
  ks: counts,
  /** Truncation length of the models that are trained truncated. */
  trainedK: count,
});
type Settings = z.infer<typeof schema>;

const trainings = ['free', 'stable', 'truncated'] as const;
type Training = (typeof trainings)[number];

interface ModelPart extends Part {
  readonly kind: 'model';
  readonly cell: TextCell;
  readonly training: Training;
  readonly settings: Settings;
  readonly seed: number;
}

type Result =
  | PartResult<TextPart & { readonly settings: Settings }, TextFacts>
  | PartResult<ModelPart, Outcome>;

interface Outcome {
  cell: TextCell;
  training: Training;
  parameters: number;
  /** λ: ‖W‖₂ of the RNN, the infinity norm's factor of the LSTM. */
  factor: number;
  /** Mean nats over the last tenth of the training. */
  trainingLoss: number;
  recurrent: number;
  /** By `ks`. */
  truncated: number[];
}

const truncation = { ks: [1, 2, 3, 5, 10, 20, 35], trainedK: 10 };

/** Recurrent, truncated and stable models of WikiText-2 side by side. */
export const truncationPerplexity: Experiment<Settings, Result> = {
  id: 'truncation-perplexity',
  title: 'Perplexity of recurrent, truncated and stable models (the finding of Miller and Hardt)',
  paper: 'Miller and Hardt 2019',
  data: 'the folder of WikiText-2',
  settings: {
    schema,
    default: { ...textSettings.default, ...truncation },
    full: { ...textSettings.full, ...truncation },
  },
  parts: (settings, seed) => [
    { ...textPart, settings },
    ...textCells.flatMap((cell) =>
      trainings.map((training) => ({
        key: `${cell}-${training}`,
        ...{ kind: 'model' as const, cell, training, settings, seed },
      })),
    ),
  ],
  async compute(part, context) {
    const corpus = await textOf(part.settings, context);
    if (part.kind === 'text') return { vocabularySize: corpus.vocabularySize };
    const { progress } = context;
    const outcome = await measure(part, { corpus, progress });
    progress(`perplexity ${outcome.recurrent.toFixed(1)}`);
    return outcome;
  },
  async summarise(results, { settings, full }) {
    const [facts] = valuesOf(results, 'text') as [TextFacts];
    const outcomes = valuesOf(results, 'model');
    const caption =
      'Perplexity of each trained model when it is truncated after k words; the lines across are the same models, recurrent';
    return {
      numbers: { ...facts, outcomes },
      figures: [{ svg: await draw(outcomes, settings), caption }],
      sizes: textSizes(settings, facts),
      comparison: comparison(outcomes, settings),
      tuned: tunedText,
      text: text(outcomes, { settings, full, facts }),
    };
  },
};

async function measure(
  { cell, training, settings, seed }: ModelPart,
  { corpus, progress }: { corpus: TokenCorpus; progress: (message: string) => void },
): Promise<Outcome> {
  const changes: Partial<Config> = {
    ...{ cell, seed },
    ...(training === 'stable' && { stable: settings.lambda }),
    ...(training === 'truncated' && { truncate: settings.trainedK }),
  };
  const config = textConfig(settings, changes);
  const stage = languageModelStage(config, corpus);
  const steps = config.epochs * stage.batchesPerEpoch;
  const losses: number[] = [];
  await trainText(stage, {
    config,
    after(step, loss) {
      losses.push(loss);
      if (step % Math.ceil(steps / 5) === 0) progress(`${step} of ${steps} steps, ${loss.toFixed(3)} nats`);
    },
  });
  const weights = stage.layer.getWeights();
  const [kernel, bias] = stage.model.getLayer('readout').getWeights() as [tf.Tensor2D, tf.Tensor1D];
  const { vocabularySize, start, test } = corpus;
  const measured = await withReaders(weights, config, {
    vocabularySize,
    use: async (readerOf) => {
      const perplexity = (k?: number): number =>
        measureText(test, { start, reader: readerOf(k), readout: { kernel, bias } }).perplexity!;
      return { recurrent: perplexity(), truncated: settings.ks.map(perplexity) };
    },
  });
  const outcome = {
    ...{ cell, training, parameters: stage.model.countParams() },
    factor: contractionFactor(stage.layer) as number,
    trainingLoss: mean(losses.slice(-Math.ceil(steps / 10))),
    ...measured,
  };
  stage.model.dispose();
  return outcome;
}

function trainingName({ training }: Outcome, { lambda, trainedK }: Settings): string {
  const names = {
    free: 'unconstrained',
    stable: `stable, λ = ${lambda}`,
    truncated: `trained truncated, k = ${trainedK}`,
  };
  return names[training];
}

function draw(outcomes: Outcome[], settings: Settings): Promise<string> {
  const { ks } = settings;
  const panel = (cell: TextCell): FigureGridPanel => {
    const own = outcomes.filter((outcome) => outcome.cell === cell);
    return {
      lineChart: {
        ...{ title: cellName(cell), xScale: 'log', yLabel: 'perplexity' },
        xLabel: 'k (words that the truncated model sees)',
        references: own.map(({ recurrent }) => ({ y: recurrent })),
        series: own.map((outcome) => ({
          ...{ name: trainingName(outcome, settings), x: ks, y: outcome.truncated, points: true },
        })),
      },
    };
  };
  return figureGrid({ panels: textCells.map(panel) });
}

function comparison(outcomes: Outcome[], settings: Settings): Comparison[] {
  const published = { vanilla: '146.7', lstm: '92.3' };
  return outcomes.map((outcome) => ({
    quantity: `test perplexity, ${cellName(outcome.cell)}, ${trainingName(outcome, settings)}`,
    paper:
      outcome.training === 'free'
        ? published[outcome.cell]
        : 'the same performance; no number in the part that could be read',
    here: outcome.recurrent.toFixed(1),
  }));
}

/** How far apart two perplexities may be to count as the same: one percent. */
const same = 1.01;
/** How much larger the perplexity of a stable model may be to count as on par. */
const onParWithin = 1.05;

function text(
  outcomes: Outcome[],
  { settings, full, facts }: { settings: Settings; full: boolean; facts: TextFacts },
): string {
  const { ks } = settings;
  const table = markdownTable(
    ['model', 'λ', 'recurrent', ...ks.map((k) => `k = ${k}`), 'within 1% from'],
    outcomes.map((outcome) => [
      `${cellName(outcome.cell)}, ${trainingName(outcome, settings)}`,
      factorText(outcome.factor),
      outcome.recurrent.toFixed(1),
      ...outcome.truncated.map((value) => value.toFixed(1)),
      matches(outcome, ks),
    ]),
  );
  const [rnn, stableRNN, truncatedRNN, lstm, stableLSTM, truncatedLSTM] = outcomes as [
    Outcome,
    Outcome,
    Outcome,
    Outcome,
    Outcome,
    Outcome,
  ];
  const change = (other: Outcome, base: Outcome): string => {
    const percent = 100 * (other.recurrent / base.recurrent - 1);
    return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)}%`;
  };
  const onPar = (other: Outcome, base: Outcome): string =>
    `${other.recurrent <= onParWithin * base.recurrent ? 'yes' : 'not at this size'} (${change(other, base)})`;
  return `${sizesText(settings, { full, facts })}

Test perplexity over every word, the same weights read recurrently and truncated after k words; the last column is the smallest k from which on truncation costs at most one percent.

${table}

Stable models perform on par, taken as a perplexity at most 5% above the unconstrained model's? RNN: ${onPar(stableRNN, rnn)}. LSTM: ${onPar(stableLSTM, lstm)}. The conditions on the LSTM are sufficient ones: they hold its forget gates below ${forgetBound}.

Truncated models match from a modest k on? RNN: ${matches(rnn, ks)}, stable ${matches(stableRNN, ks)}. LSTM: ${matches(lstm, ks)}, stable ${matches(stableLSTM, ks)}. Trained truncated and read recurrently, against trained recurrently: RNN ${change(truncatedRNN, rnn)}, LSTM ${change(truncatedLSTM, lstm)}. λ is a worst case over all states and inputs; the table says what truncation costs on this text.`;
}

function matches({ recurrent, truncated }: Outcome, ks: readonly number[]): string {
  const off = truncated
    .map((value) => value > same * recurrent || value < recurrent / same)
    .lastIndexOf(true);
  return off === ks.length - 1 ? `above k = ${ks.at(-1)}` : `k = ${ks[off + 1]}`;
}
