import { decodeWords, encodeWords, unknownWord, vocabularyOf, type WordCorpus } from '@hurwitz/datasets';
import { loadWikiText2 } from '@hurwitz/datasets/node';
import type { Stage, TokenCorpus } from '@hurwitz/training';
import {
  type Config,
  configVersion,
  defaultsOf,
  descend,
  keepStable,
  learningRateAt,
  makeOptimizer,
  type Place,
  recurrentLayer,
  recurrentReader,
  type StepResult,
  type TextReader,
  tokenCorpus,
  truncatedReader,
  UserError,
  validateConfig,
} from '@hurwitz/training';
import { truncated } from '@hurwitz/truncation/layers';
import type * as tf from '@tensorflow/tfjs-core';
import type { RNN } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { Comparison, Part, PartContext } from '../runner/experiment.js';
import { count, positive } from '../shared/settings.js';

/** The cells that are compared on text. */
export const textCells = ['vanilla', 'lstm'] as const;
export type TextCell = (typeof textCells)[number];

export const cellName = (cell: TextCell): string => (cell === 'vanilla' ? 'RNN' : 'LSTM');

/** Sizes of the models of text. */
export const textSchema = z.strictObject({
  /** Words of the training text that are used, from its beginning; null for all, with their vocabulary. */
  trainWords: count.nullable(),
  /** Words of the test text that are measured; null for all. */
  testWords: count.nullable(),
  /** Words that occur less often in what is used of the training text become <unk>, as WikiText-2 itself was made. */
  leastCount: count,
  units: count,
  epochs: count,
  batchSize: count,
  /** Steps of back-propagation. */
  length: count,
  learningRate: positive,
  /** What stable models contract by in every step. */
  lambda: positive,
});
export type TextSettings = z.infer<typeof textSchema>;

const shared = { batchSize: 20, length: 35, lambda: 0.95 };

/** A size for two cores, or the whole of WikiText-2 and models that take a GPU. What the paper used is not published. */
export const textSettings = {
  default: {
    ...{ ...shared, trainWords: 150_000, testWords: 10_000, leastCount: 3 },
    ...{ units: 64, epochs: 1, learningRate: 0.01 },
  },
  full: {
    ...{ ...shared, trainWords: null, testWords: null, leastCount: 1 },
    ...{ units: 256, epochs: 10, learningRate: 0.003 },
  },
} satisfies Record<string, TextSettings>;

/** What the entry says of the text. */
export interface TextFacts {
  vocabularySize: number;
}

/** The part of an experiment that looks at the text. */
export interface TextPart extends Part {
  readonly kind: 'text';
}
export const textPart: TextPart = { key: 'text', kind: 'text' };

/** WikiText-2 or its beginning, loaded once. */
export function textOf(
  settings: TextSettings,
  { dataDir, once }: Pick<PartContext, 'dataDir' | 'once'>,
): Promise<TokenCorpus> {
  return once('text', async () => {
    const corpus = await loadWikiText2(dataDir);
    return tokenCorpus(settings.trainWords === null ? corpus : beginning(corpus, settings));
  });
}

function beginning(
  { vocabulary, train, validation, test }: WordCorpus,
  { trainWords, testWords, leastCount }: TextSettings,
): WordCorpus {
  const text = (tokens: Int32Array, words: number | null): string =>
    decodeWords(tokens.subarray(0, words ?? tokens.length), vocabulary);
  const trainText = text(train, trainWords);
  const smaller = vocabularyOf(trainText, { leastCount });
  const encode = (each: string): Int32Array => encodeWords(each, smaller, { unknown: unknownWord });
  return {
    vocabulary: smaller,
    train: encode(trainText),
    validation: encode(text(validation, testWords)),
    test: encode(text(test, testWords)),
  };
}

/** The configuration of `hurwitz train wikitext-2` for a model of these sizes. */
export function textConfig(
  { units, epochs, batchSize, length, learningRate }: TextSettings,
  changes: Partial<Config>,
): Config {
  const task = 'wikitext-2';
  return validateConfig({
    ...defaultsOf(task),
    ...{ version: configVersion, task, units, epochs, batchSize, length, learningRate },
    ...changes,
  });
}

/** Trains a model of text to its end; `after` is called after every step. */
export async function trainText(
  stage: Stage,
  { config, after }: { config: Config; after: (step: number, loss: number) => void },
): Promise<void> {
  const { epochs, clipNorm, stable } = config;
  const optimizer = makeOptimizer(config);
  await descend(stage, {
    ...{ optimizer, epochs, clipNorm },
    learningRateAt: (epoch) => learningRateAt(config, epoch),
    hooks: [
      ...(stable === undefined ? [] : [{ afterStep: () => keepStable(stage.layer, stable) }]),
      { afterStep: ({ step }: Place, { loss }: StepResult) => after(step, loss) },
    ],
    onNonFinite: () => {
      throw new UserError(`The training of ${stage.name} diverged. Try another --seed.`);
    },
  });
  stage.carried?.reset();
  optimizer.dispose();
}

/**
 * Measures models of some weights: the recurrent one, or (with k) the one truncated after k words. What it makes for that
 * goes when `use` ends.
 */
export async function withReaders<T>(
  weights: tf.Tensor[],
  config: Config,
  {
    vocabularySize,
    use,
  }: { vocabularySize: number; use: (readerOf: (k?: number) => TextReader) => Promise<T> },
): Promise<T> {
  const copy = (name: string, returnState: boolean): RNN => {
    const layer = recurrentLayer(config, { name, returnSequences: true, returnState, vocabularySize });
    layer.build([null, null]);
    layer.setWeights(weights);
    return layer;
  };
  const recurrent = copy('recurrent_copy', true);
  const windowed = copy('truncated_copy', false);
  try {
    return await use((k) =>
      k === undefined ? recurrentReader(recurrent) : truncatedReader(truncated({ layer: windowed, k })),
    );
  } finally {
    for (const weight of [...recurrent.weights, ...windowed.weights]) weight.dispose();
  }
}

/** Sizes beside the paper's, which it does not give. */
export function textSizes(
  { trainWords, units, epochs }: TextSettings,
  { vocabularySize }: TextFacts,
): Comparison[] {
  const words = trainWords === null ? 'all' : `the first ${trainWords.toLocaleString('en')}`;
  return [
    { quantity: 'epochs', paper: 'not given', here: epochs },
    { quantity: 'units', paper: 'not given', here: units },
    { quantity: 'words of WikiText-2 to learn from', paper: 'all', here: words },
    { quantity: 'vocabulary', paper: '33,278', here: vocabularySize.toLocaleString('en') },
  ];
}

export const tunedText =
  'the learning rate (first 0.005, then 0.01) and the words to learn from (first 200,000, then 150,000; for figure 2 first 100,000, then 75,000)';

/** What every entry says of its sizes. */
export function sizesText(
  { trainWords, testWords, leastCount, units, epochs, batchSize, length, learningRate }: TextSettings,
  { full, facts }: { full: boolean; facts: TextFacts },
): string {
  const whole = trainWords === null;
  const used = whole ? 'the whole of' : `the first ${trainWords.toLocaleString('en')} words of`;
  const rare = whole
    ? ''
    : `, its own vocabulary (words that occur less than ${leastCount} times are \`<unk>\`)`;
  const held =
    testWords === null
      ? 'the whole test text'
      : `the first ${testWords.toLocaleString('en')} words of the test text`;
  const size = `${units} units on ${used} WikiText-2${rare}: ${facts.vocabularySize.toLocaleString('en')} words, full softmax. ${epochs} epoch${epochs === 1 ? '' : 's'} of Adam at ${learningRate}, ${batchSize} streams, ${length} steps of back-propagation with the state carried. Measured on ${held}, the first word predicted from a line end before it.`;
  return full
    ? `${size} The paper does not publish its sizes.`
    : `${size} Perplexities are those of small models after a short training, and cannot be set beside published ones; \`--full\` takes the whole text and its 33,278 words, 256 units and 10 epochs. The paper does not publish its sizes.`;
}

/** A contraction factor: one that is no contraction may be huge. */
export const factorText = (factor: number): string =>
  factor < 100 ? factor.toFixed(3) : factor.toExponential(1);
