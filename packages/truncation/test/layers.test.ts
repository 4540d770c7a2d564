import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as cells from '@hurwitz/cells';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import {
  initializers,
  input,
  layers,
  loadLayersModel,
  model,
  type RNN,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { Truncated, TruncationError, truncated } from '../src/layers.js';

async function useBackend(name: 'cpu' | 'wasm'): Promise<void> {
  setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  setThreadsCount(1);
  await tf.setBackend(name);
}

const units = 4;
// positive, so that modReLU lets signals through, and not zero, so that a padded step would show
const biasInitializer = () => initializers.randomUniform({ minval: 0.05, maxval: 0.3, seed: 2 });
const seeded = { units, seed: 3, biasInitializer: biasInitializer() };
const keras = {
  units,
  kernelInitializer: initializers.glorotNormal({ seed: 4 }),
  recurrentInitializer: initializers.glorotNormal({ seed: 5 }),
  biasInitializer: biasInitializer(),
};
const readout = () => layers.dense({ units: 1, kernelInitializer: initializers.glorotNormal({ seed: 6 }) });
const makers: [string, (args?: object) => RNN][] = [
  ['vanillaRNN', (args) => cells.vanillaRNN({ ...seeded, ...args })],
  ['lipschitzRNN', (args) => cells.lipschitzRNN({ ...seeded, epsilon: 0.3, initStd: 2, ...args })],
  ['cayleyRNN', (args) => cells.cayleyRNN({ ...seeded, ...args })],
  ['our lstm', (args) => cells.lstm({ ...seeded, ...args })],
  ['tf.layers LSTM', (args) => layers.lstm({ ...keras, ...args }) as RNN],
  ['tf.layers GRU', (args) => layers.gru({ ...keras, ...args }) as RNN],
  ['tf.layers SimpleRNN', (args) => layers.simpleRNN({ ...keras, ...args }) as RNN],
];
const sequences = () => tf.randomNormal([3, 7, 2], 0, 1, 'float32', 5) as tf.Tensor3D;

function distance(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
}

const everywhere = (['cpu', 'wasm'] as const).flatMap((backend) =>
  makers.map(([name, make]) => ({ backend, name, make })),
);

describe.each(everywhere)('$name on $backend', ({ backend, make }) => {
  beforeAll(() => useBackend(backend));

  test.each([1, 3, 7])('k = %d: each position is the layer run on its own window, to 1e-6', (k) => {
    const layer = make();
    const x = sequences();
    const all = truncated({ layer, k }).apply(x) as tf.Tensor3D;
    expect(all.shape).toEqual([3, 7, units]);
    for (let t = 0; t < 7; t++) {
      const start = Math.max(0, t - k + 1);
      const alone = layer.apply(tf.slice(x, [0, start, 0], [3, t - start + 1, 2])) as tf.Tensor2D;
      expect(distance(tf.reshape(tf.slice(all, [0, t, 0], [3, 1, units]), [3, units]), alone)).toBeLessThan(
        1e-6,
      );
    }
    const last = truncated({ layer, k, returnSequences: false }).apply(x) as tf.Tensor2D;
    expect(distance(last, tf.reshape(tf.slice(all, [0, 6, 0], [3, 1, units]), [3, units]))).toBeLessThan(
      1e-6,
    );
  });

  test('k = T with the layer itself returning sequences is the recurrent model to 1e-6', () => {
    const layer = make({ returnSequences: true });
    const x = sequences();
    expect(
      distance(truncated({ layer, k: 7 }).apply(x) as tf.Tensor, layer.apply(x) as tf.Tensor),
    ).toBeLessThan(1e-6);
  });

  test('saved and loaded, it predicts the same to the bit', async () => {
    const net = sequential({
      layers: [truncated({ layer: make(), k: 3, inputShape: [7, 2] }), readout()],
    });
    let saved: tf.io.ModelArtifacts | undefined;
    await net.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    const again = await loadLayersModel(
      tf.io.fromMemory({ ...saved!, modelTopology: JSON.parse(JSON.stringify(saved!.modelTopology)) }),
    );
    const x = sequences();
    expect((again.predict(x) as tf.Tensor).dataSync()).toEqual((net.predict(x) as tf.Tensor).dataSync());
    expect(again.toJSON()).toEqual(net.toJSON());
  });

  test('training moves every weight, and only k steps back matter', async () => {
    const layer = make();
    const net = sequential({
      layers: [truncated({ layer, k: 3, inputShape: [7, 2] }), readout()],
    });
    net.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    const before = layer.getWeights().map((w) => w.clone());
    const x = sequences();
    const first = (await net.trainOnBatch(x, tf.ones([3, 7, 1]))) as number;
    for (const [i, weight] of layer.getWeights().entries())
      expect(distance(weight, before[i]!)).toBeGreaterThan(0);
    for (let i = 0; i < 10; i++) await net.trainOnBatch(x, tf.ones([3, 7, 1]));
    expect((await net.trainOnBatch(x, tf.ones([3, 7, 1]))) as number).toBeLessThan(first);

    const end = truncated({ layer, k: 3, returnSequences: false });
    const gradient = tf.grad((z) => tf.sum(tf.square(end.apply(z) as tf.Tensor)))(x) as tf.Tensor3D;
    const norms = [...tf.sum(tf.square(gradient), [0, 2]).dataSync()];
    expect(norms.slice(0, 4)).toEqual([0, 0, 0, 0]);
    for (const norm of norms.slice(4)) expect(norm).toBeGreaterThan(0);
  });
});

describe('truncated', () => {
  beforeAll(() => useBackend('cpu'));

  test('shares the weights of a layer that another model trains', async () => {
    const layer = cells.vanillaRNN({ ...seeded, returnSequences: true, inputShape: [7, 2] });
    const recurrent = sequential({ layers: [layer] });
    const x = input({ shape: [7, 2] });
    const shortened = model({ inputs: x, outputs: truncated({ layer, k: 2 }).apply(x) as typeof x });
    const before = (shortened.predict(sequences()) as tf.Tensor).clone();
    recurrent.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' });
    await recurrent.trainOnBatch(sequences(), tf.ones([3, 7, units]));
    expect(distance(shortened.predict(sequences()) as tf.Tensor, before)).toBeGreaterThan(1e-3);
    expect(shortened.countParams()).toBe(recurrent.countParams());
  });

  test('knows its shapes, freezes with the layer, and leaks no tensor', () => {
    const net = truncated({ layer: cells.lstm({ ...seeded }), k: 3 });
    expect(net.computeOutputShape([null, 7, 2])).toEqual([null, 7, units]);
    expect(net.computeOutputShape([null, null, 2])).toEqual([null, null, units]);
    const last = truncated({ layer: cells.lstm({ ...seeded }), k: 3, returnSequences: false });
    expect(last.computeOutputShape([5, 7, 2])).toEqual([5, units]);
    const x = sequences();
    (net.apply(x) as tf.Tensor).dispose();
    const count = tf.memory().numTensors;
    (net.apply(x) as tf.Tensor).dispose();
    expect(tf.memory().numTensors).toBe(count);
    net.trainable = false;
    expect(net.layer.trainable).toBe(false);
    expect(net.trainableWeights).toEqual([]);
    expect(net.nonTrainableWeights.length).toBe(3);
  });

  test('a regularizer of the layer counts in the loss', () => {
    const layer = layers.simpleRNN({ ...keras, kernelRegularizer: 'l1l2' }) as RNN;
    const net = truncated({ layer, k: 2 });
    net.build([null, 7, 2]);
    expect(net.calculateLosses().map((loss) => loss.dataSync()[0])).toEqual(
      layer.calculateLosses().map((loss) => loss.dataSync()[0]),
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    ['k = 0', () => truncated({ layer: cells.lstm(seeded), k: 0 }), /k to be a positive integer, got 0/],
    ['k NaN', () => truncated({ layer: cells.lstm(seeded), k: NaN }), /got NaN/],
    [
      'k too long',
      () => truncated({ layer: cells.lstm(seeded), k: 8 }).apply(sequences()),
      /1 to the sequence's 7, got 8/,
    ],
    [
      'k too long for a model',
      () => sequential({ layers: [truncated({ layer: cells.lstm(seeded), k: 8, inputShape: [7, 2] })] }),
      /1 to the sequence's 7, got 8/,
    ],
    ['no layer', () => truncated({ layer: undefined as never, k: 1 }), /a recurrent layer, got undefined/],
    [
      'dense',
      () => truncated({ layer: layers.dense({ units: 1 }) as never, k: 1 }),
      /a recurrent layer, got dense/,
    ],
    [
      'stateful',
      () => truncated({ layer: cells.lstm({ ...seeded, stateful: true }), k: 1 }),
      /a layer without stateful/,
    ],
    [
      'returnState',
      () => truncated({ layer: cells.lstm({ ...seeded, returnState: true }), k: 1 }),
      /without returnState/,
    ],
    [
      'goBackwards',
      () => truncated({ layer: cells.lstm({ ...seeded, goBackwards: true }), k: 1 }),
      /without goBackwards/,
    ],
    [
      'unknown class',
      () => Truncated.fromConfig(Truncated as never, { k: 1, layer: { className: 'Nowhere', config: {} } }),
      /a registered layer class, got Nowhere/,
    ],
  ])('%s is refused', (_, act, message) => {
    expect(act).toThrow(TruncationError);
    expect(act).toThrow(message);
  });
});
