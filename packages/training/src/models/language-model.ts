import { linearCrossEntropy } from '@hurwitz/cells';
import { type TokenStreams, tokenStreams } from '@hurwitz/datasets';
import { truncated } from '@hurwitz/truncation/layers';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { CarriedState } from '../loop/carried-state.js';
import type { Metrics } from '../loop/learner.js';
import type { Stage } from '../loop/stage.js';
import { counted } from '../number-text.js';
import type { BaseConfig } from '../options/base-config.js';
import { PlacedDropout } from './placed-dropout.js';
import { initialiseUniformly, recurrentLayer } from './recurrent-layer.js';
import { recurrentReader, type TextReader, truncatedReader } from './text-reader.js';

/** What a model of text reads of a configuration. */
export type TextConfig = BaseConfig & {
  /** Tokens of a stretch. */
  length: number;
  /** Of the truncated model: at each token, the state after so many from zero. */
  truncate?: number;
};

/** A text as tokens. */
export interface TokenCorpus {
  readonly vocabularySize: number;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Stands before a text that is measured, so that its first token is predicted too. */
  readonly start: number;
}

/** The readout's weights, those of a `tf.layers.dense`. */
export interface Readout {
  kernel: tf.Tensor2D;
  bias: tf.Tensor1D;
}

/** Positions that are measured at a time. */
const measuredSteps = 512;

/**
 * A recurrent layer that reads tokens, or its truncation, and a dense readout of every state: the next token. The model is
 * a plain one from tokens [batch, time] to logits [batch, time, vocabularySize]; training goes around it, from the states
 * to the loss, so that the logits of a batch never exist at once. The state is carried from batch to batch.
 */
export function languageModelStage(config: TextConfig, corpus: TokenCorpus): Stage {
  const { cell, units, batchSize, length } = config;
  const { model, layer, dropout, reader, readout } = languageModel(config, corpus);
  const streams = tokenStreams(corpus.train, { batchSize, length });
  const carried = new CarriedState(reader.carries);
  return {
    name: cell,
    title: `${cell}, ${counted(units, 'unit')}, ${model.countParams().toLocaleString('en')} parameters`,
    model,
    layer,
    carried,
    batchesPerEpoch: streams.segments,
    batch: (epoch, index) => {
      dropout.moveTo(epoch, index);
      return segmentTensors(streams, index);
    },
    outputs(inputs) {
      const read = reader.read(inputs as tf.Tensor2D, carried.current);
      carried.replace(read.carried);
      const states = tf.reshape(read.states, [-1, units]);
      return dropout.layer.apply(states, { training: true }) as tf.Tensor;
    },
    loss: (states, targets) => linearCrossEntropy(states as tf.Tensor2D, targets as tf.Tensor1D, readout()),
    select: { metric: 'perplexity', better: 'smaller' },
    evaluate: async (split) =>
      measureText(corpus[split], { start: corpus.start, reader, readout: readout() }),
    testInputs: (count) => windows(corpus.test, { count, length }),
    states: (inputs) => reader.read(inputs as tf.Tensor2D, []).states,
  };
}

/** The model of a configuration with fresh weights, and what training and measuring need of it. */
export function languageModel(config: TextConfig, { vocabularySize, train }: TokenCorpus) {
  const { cell, truncate: k, seed } = config;
  const layer = recurrentLayer(config, {
    name: cell,
    returnSequences: true,
    returnState: k === undefined,
    vocabularySize,
    // A token is one row of the kernel; fans in and out say nothing of it.
    kernelInitializer: tfl.initializers.randomUniform({ minval: -0.1, maxval: 0.1, seed: seed + 2 }),
  });
  const dense = tfl.layers.dense({
    units: vocabularySize,
    kernelInitializer: tfl.initializers.glorotUniform({ seed: seed + 1 }),
    name: 'readout',
  });
  const input = tfl.input({ shape: [null], dtype: 'int32', name: 'tokens' });
  const windowed = k === undefined ? undefined : truncated({ layer, k, name: cell });
  const dropout = new PlacedDropout({ rate: config.dropout, seed });
  const [states] = [(windowed ?? layer).apply(input)].flat() as tfl.SymbolicTensor[];
  const logits = dense.apply(dropout.layer.apply(states!)) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: logits });
  if (config.initRange !== undefined) initialiseUniformly(layer, { range: config.initRange, seed });
  const frequencies = logFrequencies(train, vocabularySize);
  dense.weights[1]!.write(frequencies);
  frequencies.dispose();
  const readout = (): Readout => {
    const [kernel, bias] = dense.weights.map((weight) => weight.read());
    return { kernel: kernel as tf.Tensor2D, bias: bias as tf.Tensor1D };
  };
  const reader = windowed === undefined ? recurrentReader(layer) : truncatedReader(windowed);
  return { model, layer, dropout, reader, readout };
}

/** Stretches of a text one after the other, [count, length]; fewer or a shorter one where the text ends. */
function windows(text: Int32Array, { count, length }: { count: number; length: number }): tf.Tensor2D {
  const steps = Math.min(length, text.length);
  const rows = Math.min(count, Math.floor(text.length / steps));
  return tf.tensor2d(text.subarray(0, rows * steps), [rows, steps], 'int32');
}

/** Where the readout's bias starts: a model that knows how frequent words are has the rest to learn. */
function logFrequencies(tokens: Int32Array, vocabularySize: number): tf.Tensor1D {
  const counts = new Float32Array(vocabularySize).fill(1);
  for (const token of tokens) counts[token]! += 1;
  return tf.tensor1d(counts.map((count) => Math.log(count / (tokens.length + vocabularySize))));
}

/**
 * Mean loss in nats and perplexity over every token of a text, in order, from a zero state. The first is predicted from the
 * `start` token, every other from all (or, truncated, k) tokens before it.
 */
export function measureText(
  text: Int32Array,
  { start, reader, readout }: { start: number; reader: TextReader; readout: Readout },
): Metrics {
  const streams = tokenStreams([start, ...text], { batchSize: 1, length: measuredSteps });
  const carried = new CarriedState(reader.carries);
  let nats = 0;
  for (let index = 0; index < streams.segments; index++) {
    nats += tf.tidy(() => {
      const { inputs, targets } = segmentTensors(streams, index);
      const read = reader.read(inputs, carried.current);
      carried.replace(read.carried);
      const states = tf.reshape(read.states, [targets.size, -1]) as tf.Tensor2D;
      return linearCrossEntropy(states, targets, readout).dataSync()[0]! * targets.size;
    });
  }
  carried.reset();
  const loss = nats / text.length;
  return { loss, perplexity: Math.exp(loss) };
}

function segmentTensors(streams: TokenStreams, index: number): { inputs: tf.Tensor2D; targets: tf.Tensor1D } {
  const { inputs, targets, shape } = streams.segment(index);
  return { inputs: tf.tensor2d(inputs, shape, 'int32'), targets: tf.tensor1d(targets, 'int32') };
}
