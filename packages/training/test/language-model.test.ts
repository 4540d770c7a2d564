import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import type { LSTM, VanillaRNN } from '@hurwitz/cells';
import { truncated } from '@hurwitz/truncation/layers';
import * as tf from '@tensorflow/tfjs-core';
import type { RNN } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../src/config/defaults.js';
import { type Config, configVersion } from '../src/config/schema.js';
import { validateConfig } from '../src/config/validate.js';
import { contractionFactor, keepStable } from '../src/hooks/keep-stable.js';
import { makeOptimizer } from '../src/loop/optimizer.js';
import { trainingStep } from '../src/loop/training-step.js';
import {
  languageModel,
  languageModelStage,
  measureText,
  type TokenCorpus,
} from '../src/models/language-model.js';
import { truncatedReader } from '../src/models/text-reader.js';
import { loadModel, saveModel } from '../src/run/saved-model.js';
import { temporaryFolder } from './temporary-folder.js';

const tokens = (count: number, seed: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => (i * i + seed * i + (i >> 2)) % 7);
const corpus: TokenCorpus = {
  vocabularySize: 7,
  ...{ train: tokens(61, 1), validation: tokens(9, 2), test: tokens(11, 3), start: 0 },
};

const configOf = (changes: Partial<Config>): Config =>
  validateConfig({
    ...defaultsOf('ptb'),
    ...{ version: configVersion, task: 'ptb', units: 3, batchSize: 2, length: 4, learningRate: 0.5 },
    ...{ optimizer: 'sgd', momentum: 0, seed: 5 },
    ...changes,
  });

/** Weights far from their start, so that every part of the model counts. */
function shaken(config: Config): ReturnType<typeof languageModel> {
  const built = languageModel(config, corpus);
  built.model.setWeights(
    built.model.getWeights().map(({ shape }, i) => tf.randomNormal(shape, 0, 0.8, 'float32', i + 1)),
  );
  return built;
}

const rows = (tensor: tf.Tensor): number[][] => tensor.arraySync() as number[][];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** State after reading tokens from zero, in float64, from the definition of the cell. */
function stateAfter(read: number[], cell: string, weights: tf.Tensor[]): number[] {
  const [kernel, recurrent, bias] = weights.map((weight) => weight.arraySync()) as [
    number[][],
    number[][],
    number[],
  ];
  let h = [0, 0, 0];
  let c = [0, 0, 0];
  for (const token of read) {
    const before = h;
    if (cell === 'vanilla') {
      h = h.map((_, i) =>
        Math.tanh(kernel[token]![i]! + bias[i]! + recurrent[i]!.reduce((s, w, j) => s + w * before[j]!, 0)),
      );
      continue;
    }
    const z = bias.map(
      (b, g) => b + kernel[token]![g]! + before.reduce((s, x, j) => s + x * recurrent[j]![g]!, 0),
    );
    c = c.map((x, i) => sigmoid(z[3 + i]!) * x + sigmoid(z[i]!) * Math.tanh(z[6 + i]!));
    h = c.map((x, i) => sigmoid(z[9 + i]!) * Math.tanh(x));
  }
  return h;
}

/** -log p of the token after a state. */
function nats(state: number[], next: number, [kernel, bias]: [number[][], number[]]): number {
  const logits = bias.map((b, v) => b + state.reduce((s, x, i) => s + x * kernel[i]![v]!, 0));
  return Math.log(logits.reduce((s, z) => s + Math.exp(z), 0)) - logits[next]!;
}

describe.each(['cpu', 'wasm'])('a model of text on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each([
    ['lstm', undefined],
    ['vanilla', undefined],
    ['lstm', 3],
    ['vanilla', 3],
  ] as const)(
    '%s, truncated after %s: perplexity over every token is that computed by hand, to 1e-5 of it',
    (cell, k) => {
      const config = configOf({ cell, truncate: k });
      const { layer, model, reader, readout } = shaken(config);
      const [kernel, bias] = model.getLayer('readout').getWeights();
      const weights = [rows(kernel!), bias!.arraySync() as number[]] as [number[][], number[]];
      const text = [corpus.start, ...corpus.test];
      let sum = 0;
      for (let t = 1; t < text.length; t++) {
        const read = text.slice(k === undefined ? 0 : Math.max(0, t - k), t);
        sum += nats(stateAfter(read, cell, layer.getWeights()), text[t]!, weights);
      }
      const before = tf.memory().numTensors;
      const measured = measureText(corpus.test, { start: corpus.start, reader, readout: readout() });
      const expected = Math.exp(sum / corpus.test.length);
      expect(Math.abs(measured.perplexity! / expected - 1)).toBeLessThan(1e-5);
      expect(measured.loss).toBeCloseTo(sum / corpus.test.length, 5);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it.each([undefined, 3])(
    'carries its state: the states of segments of 4 are those of the whole text to 1e-6, truncated after %s',
    (truncate) => {
      const { reader } = shaken(configOf({ truncate }));
      const whole = tf.tensor2d(corpus.train.subarray(0, 40), [2, 20], 'int32');
      const { states } = reader.read(whole, []);
      let carried: readonly tf.Tensor[] = [];
      const parts: tf.Tensor[] = [];
      for (let from = 0; from < 20; from += 4) {
        const read = reader.read(tf.slice(whole, [0, from], [2, 4]), carried);
        parts.push(read.states);
        carried = read.carried;
      }
      expect(tf.max(tf.abs(tf.sub(tf.concat(parts, 1), states))).dataSync()[0]).toBeLessThan(1e-6);
    },
  );

  it('takes the step of plain gradient descent on the model with all logits, to 1e-5, and starts each segment where the last stopped', async () => {
    const config = configOf({});
    const stage = languageModelStage(config, corpus);
    const optimizer = makeOptimizer(config);
    const plain = languageModel(config, corpus);
    const initial: tf.Tensor[] = [];
    for (let index = 0; index < 2; index++) {
      const { inputs, targets } = stage.batch(0, index);
      const loss = (): tf.Scalar => {
        const initialState = index === 0 ? null : initial;
        const [states, h, c] = (plain.layer as RNN).call(inputs, { initialState }) as tf.Tensor[];
        initial.splice(0, 2, tf.keep(h!.clone()), tf.keep(c!.clone()));
        const logits = plain.model.getLayer('readout').apply(states!) as tf.Tensor3D;
        const chosen = tf.reshape(tf.cast(tf.oneHot(targets as tf.Tensor1D, 7), 'float32'), logits.shape);
        return tf.losses.softmaxCrossEntropy(chosen, logits) as tf.Scalar;
      };
      const { value, grads } = tf.variableGrads(
        loss,
        plain.model.trainableWeights.map((w) => w.read() as tf.Variable),
      );
      const expected = value.dataSync()[0]!;
      tf.train.sgd(0.5).applyGradients(grads);
      const step = await trainingStep(stage, optimizer, { batch: stage.batch(0, index) });
      expect(step.loss).toBeCloseTo(expected, 5);
    }
    const gap = stage.model
      .getWeights()
      .map((weight, i) => tf.max(tf.abs(tf.sub(weight, plain.model.getWeights()[i]!))));
    expect(Math.max(...gap.map((each) => each.dataSync()[0]!))).toBeLessThan(1e-5);
  });

  it('keeps no tensors from step to step, and drops out the same at the same place', async () => {
    const config = configOf({ dropout: 0.5 });
    const stage = languageModelStage(config, corpus);
    const optimizer = makeOptimizer(config);
    const step = (index: number) => trainingStep(stage, optimizer, { batch: stage.batch(0, index) });
    await step(0);
    const before = tf.memory().numTensors;
    await step(1);
    await step(2);
    expect(tf.memory().numTensors).toBe(before);
    const dropped = (index: number): number[] => {
      stage.carried!.reset();
      return Array.from(stage.outputs!(stage.batch(0, index).inputs).dataSync(), (x) => Number(x === 0));
    };
    expect(dropped(1)).toEqual(dropped(1));
    expect(dropped(1)).not.toEqual(dropped(2));
  });

  it.each([
    ['vanilla', 0.7],
    ['lstm', 0.9],
    ['lstm', 0.82],
  ] as const)(
    '%s stays a contraction by %s after each step, where it would leave it',
    async (cell, lambda) => {
      const config = configOf({ cell, stable: lambda, units: 3, learningRate: 3 });
      const stage = languageModelStage(config, corpus);
      const optimizer = makeOptimizer(config);
      const left: boolean[] = [];
      for (let index = 0; index < stage.batchesPerEpoch; index++) {
        await trainingStep(stage, optimizer, { batch: stage.batch(0, index) });
        left.push(contractionFactor(stage.layer)! > lambda);
        keepStable(stage.layer, lambda);
        expect(contractionFactor(stage.layer)).toBeLessThanOrEqual(lambda);
      }
      expect(left).toContain(true);
    },
  );

  it('the LSTM that is kept stable contracts: two states come nearer by the factor for every token', () => {
    const { layer } = shaken(configOf({ stable: 0.9 }));
    keepStable(layer, 0.9);
    const weights = (layer as LSTM).getWeights();
    const pair = [1, 2].map((seed) => [
      tf.randomUniform([7, 3], -1, 1, 'float32', seed),
      tf.randomUniform([7, 3], -1, 1, 'float32', seed + 9),
    ]);
    const every = tf.tensor2d([0, 1, 2, 3, 4, 5, 6], [7, 1], 'int32');
    const next = pair.map((initialState) => (layer as LSTM).call(every, { initialState }) as tf.Tensor[]);
    const gap = (a: tf.Tensor[], b: tf.Tensor[]): number =>
      Math.max(...a.map((x, i) => tf.max(tf.abs(tf.sub(x, b[i]!))).dataSync()[0]!));
    expect(weights).toHaveLength(3);
    expect(gap(next[0]!.slice(1), next[1]!.slice(1))).toBeLessThan(0.9 * gap(pair[0]!, pair[1]!));
  });

  it('leaves a model that is stable alone', () => {
    const { layer } = shaken(configOf({ cell: 'vanilla' }));
    (layer as VanillaRNN).setWeights(layer.getWeights().map((weight) => tf.mul(weight, 0.01)));
    const before = layer.getWeights().map((weight) => weight.dataSync().slice());
    keepStable(layer, 0.5);
    expect(layer.getWeights().map((weight) => weight.dataSync())).toEqual(before);
  });

  it.each([undefined, 2])(
    'is a plain model of tf.layers: saved and loaded it gives the logits that are trained, truncated after %s',
    async (truncate) => {
      const { model, reader } = shaken(configOf({ truncate }));
      const folder = temporaryFolder();
      await saveModel(model, folder, { config: {}, test: {} });
      const loaded = await loadModel(folder);
      const inputs = tf.tensor2d([1, 2, 3, 4, 5, 6], [1, 6], 'int32');
      const logits = loaded.predict(inputs) as tf.Tensor;
      const states = reader.read(inputs, []).states;
      const expected = loaded.getLayer('readout').apply(states) as tf.Tensor;
      expect(logits.shape).toEqual([1, 6, 7]);
      expect(tf.max(tf.abs(tf.sub(logits, expected))).dataSync()[0]).toBeLessThan(1e-6);
    },
  );
});

it('reads one model recurrently and truncated: after as many words as the text has, these agree to 1e-6', async () => {
  await tf.setBackend('cpu');
  const { layer, reader, readout } = shaken(configOf({}));
  const copy = languageModel(configOf({ truncate: 4 }), corpus).layer;
  copy.setWeights(layer.getWeights());
  const [start, text] = [corpus.start, corpus.test];
  const recurrent = measureText(text, { start, reader, readout: readout() });
  const read = (k: number): number =>
    measureText(text, { start, reader: truncatedReader(truncated({ layer: copy, k })), readout: readout() })
      .loss!;
  expect(read(text.length)).toBeCloseTo(recurrent.loss!, 6);
  expect(Math.abs(read(1) - recurrent.loss!)).toBeGreaterThan(1e-3);
});
