import * as tf from '@tensorflow/tfjs-core';
import {
  constraints,
  initializers,
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  type RNN,
  regularizers,
  type Sequential,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import * as cells from '../src/index.js';
import { backends, distance, useBackend } from './backends.js';

const shared = { units: 5, seed: 7 };
const makers: Record<string, (args?: object) => RNN> = {
  lipschitzRNN: (args) => cells.lipschitzRNN({ ...shared, epsilon: 0.3, initStd: 2, ...args }),
  'lipschitzRNN, rk4, gated': (args) =>
    cells.lipschitzRNN({ ...shared, epsilon: 0.3, initStd: 2, scheme: 'rk4', gated: true, ...args }),
  'antisymmetricRNN, gated': (args) =>
    cells.antisymmetricRNN({ ...shared, epsilon: 0.3, gated: true, ...args }),
  vanillaRNN: (args) => cells.vanillaRNN({ ...shared, ...args }),
  residualRNN: (args) => cells.residualRNN({ ...shared, epsilon: 0.3, activation: 'relu', ...args }),
  cayleyRNN: (args) => cells.cayleyRNN({ ...shared, signs: [1, 1, -1, 1, -1], ...args }),
  exponentialRNN: (args) => cells.exponentialRNN({ ...shared, ...args }),
  lstm: (args) => cells.lstm({ ...shared, ...args }),
  gru: (args) => cells.gru({ ...shared, ...args }),
};
const every = Object.entries(makers);
const inputs = (shape: [number, number, number] = [4, 6, 3]) =>
  tf.randomNormal(shape, 0, 1, 'float32', 3) as tf.Tensor3D;
const numbers = (t: tf.Tensor | tf.Tensor[]) => [t].flat().map((x) => [...x.dataSync()]);

async function reloaded(m: LayersModel): Promise<LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await m.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  // through text, as a file would
  const artifacts = { ...saved!, modelTopology: JSON.parse(JSON.stringify(saved!.modelTopology)) };
  return loadLayersModel(tf.io.fromMemory(artifacts));
}

describe.each(backends)('layers on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(every)('%s: a saved and loaded model predicts the same to the bit', async (_, make) => {
    const m = sequential({
      layers: [make({ inputShape: [6, 3], returnSequences: true }), make(), layers.dense({ units: 2 })],
    });
    const again = await reloaded(m);
    const x = inputs();
    expect(numbers(again.predict(x) as tf.Tensor)).toEqual(numbers(m.predict(x) as tf.Tensor));
    expect(again.toJSON()).toEqual(m.toJSON());
  });

  test.each(every)('%s: tf.layers.masking equals the truncated sequence to the bit', (_, make) => {
    const layer = make();
    const x = inputs();
    const masked = sequential({
      layers: [layers.masking({ maskValue: 0, inputShape: [null, 3] as never }), layer],
    });
    const padded = tf.concat([x, tf.zeros([4, 3, 3])], 1);
    expect(numbers(masked.predict(padded) as tf.Tensor)).toEqual(numbers(layer.apply(x) as tf.Tensor));
  });

  test.each(every)('%s: the whole sequence, its states and its end agree', (_, make) => {
    const one = make({ returnState: true, returnSequences: true });
    const x = inputs();
    const [sequence, ...states] = one.apply(x) as tf.Tensor[];
    const last = make();
    expect(distance(last.apply(x) as tf.Tensor, numbers(states[0]!))).toBe(0);
    expect(distance(tf.slice(sequence!, [0, 5, 0], [4, 1, 5]), numbers(states[0]!))).toBe(0);
    // and the state carries the sequence on
    const firstHalf = make({ returnState: true }).apply(tf.slice(x, [0, 0, 0], [4, 3, 3])) as tf.Tensor[];
    const secondHalf = make().apply(tf.slice(x, [0, 3, 0], [4, 3, 3]), { initialState: firstHalf.slice(1) });
    expect(distance(secondHalf as tf.Tensor, numbers(states[0]!))).toBeLessThan(1e-6);
  });

  test.each(every)('%s: stateful over two halves equals one sequence, within 1e-6', (_, make) => {
    const stateful = make({ stateful: true, batchInputShape: [4, 3, 3] });
    const m = sequential({ layers: [stateful] });
    const x = inputs();
    m.predict(tf.slice(x, [0, 0, 0], [4, 3, 3]));
    const end = m.predict(tf.slice(x, [0, 3, 0], [4, 3, 3])) as tf.Tensor;
    const whole = make().apply(x) as tf.Tensor;
    expect(distance(end, numbers(whole))).toBeLessThan(1e-6);
    m.resetStates();
    m.predict(tf.slice(x, [0, 0, 0], [4, 3, 3]));
    expect(numbers(m.predict(tf.slice(x, [0, 3, 0], [4, 3, 3])) as tf.Tensor)).toEqual(numbers(end));
  });

  test.each(every)('%s: bidirectional is forward beside backward, also after loading', async (_, make) => {
    const m = sequential({
      layers: [layers.bidirectional({ layer: make(), mergeMode: 'concat', inputShape: [6, 3] } as never)],
    });
    const x = inputs();
    const y = m.predict(x) as tf.Tensor2D;
    const there = make().apply(x) as tf.Tensor;
    const back = make().apply(tf.reverse(x, 1)) as tf.Tensor;
    // both directions are seeded alike
    expect(distance(y, numbers(tf.concat([there, back], 1)))).toBeLessThan(1e-6);
    expect(numbers((await reloaded(m)).predict(x) as tf.Tensor)).toEqual(numbers(y));
  });

  test.each(every)('%s: symbolic initial state, in a model that is saved and loaded', async (name, make) => {
    const x = input({ shape: [6, 3] });
    const states = Array.from({ length: name === 'lstm' ? 2 : 1 }, () => input({ shape: [5] }));
    const layer = make();
    const m = model({
      inputs: [x, ...states],
      outputs: layer.apply(x, { initialState: states }) as SymbolicTensor,
    });
    const values = [inputs(), ...states.map((__, i) => tf.randomNormal([4, 5], 0, 0.5, 'float32', 11 + i))];
    const y = m.predict(values) as tf.Tensor;
    const direct = layer.apply(values[0]!, { initialState: values.slice(1) }) as tf.Tensor;
    expect(numbers(y)).toEqual(numbers(direct));
    expect(distance(layer.apply(values[0]!) as tf.Tensor, numbers(y))).toBeGreaterThan(1e-4);
    const warn = vi.spyOn(console, 'warn');
    expect(numbers((await reloaded(m)).predict(values) as tf.Tensor)).toEqual(numbers(y));
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test.each(every)('%s: fit halves the loss of a small regression and keeps no tensors', async (_, make) => {
    const x = inputs([16, 6, 3]);
    // the mean of the first feature: needs memory of every step
    const y = tf.mean(tf.slice(x, [0, 0, 0], [16, 6, 1]), 1);
    const m = sequential({
      layers: [
        make({ inputShape: [6, 3] }),
        layers.dense({ units: 1, kernelInitializer: initializers.glorotNormal({ seed: 2 }) }),
      ],
    });
    m.compile({ optimizer: tf.train.adam(0.03), loss: 'meanSquaredError' });
    const fit = () =>
      m.fit(x, y, { epochs: 15, batchSize: 8, shuffle: false, verbose: 0, yieldEvery: 'never' });
    const first = (await fit()).history.loss as number[];
    const before = tf.memory().numTensors;
    const second = (await fit()).history.loss as number[];
    expect(second.at(-1)!).toBeLessThan(0.5 * first[0]!);
    (m.predict(x) as tf.Tensor).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(every)(
    '%s: tokens are one-hot vectors, in predict, fit and after loading, within 1e-6',
    async (_, make) => {
      const vocabularySize = 7;
      const tokens = tf.tensor2d([3, 1, 4, 1, 5, 2, 6, 5, 3, 5, 0, 6], [2, 6], 'int32');
      const oneHot = tf.cast(tf.oneHot(tokens, vocabularySize), 'float32');
      const y = tf.ones([2, 10]);
      const wrapped = (args: object) =>
        sequential({
          layers: [layers.bidirectional({ layer: make(args), mergeMode: 'concat', ...args } as never)],
        });
      const models = [
        wrapped({ vocabularySize, inputShape: [6] }),
        wrapped({ inputShape: [6, vocabularySize] }),
      ];
      for (const [i, m] of models.entries()) {
        m.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
        await m.fit(i === 0 ? tokens : oneHot, y, { epochs: 2, verbose: 0 });
      }
      const [byToken, byVector] = models as [Sequential, Sequential];
      const predicted = numbers(byToken.predict(tokens) as tf.Tensor);
      expect(distance(byVector.predict(oneHot) as tf.Tensor, predicted)).toBeLessThan(1e-6);
      expect(numbers((await reloaded(byToken)).predict(tf.cast(tokens, 'float32')) as tf.Tensor)).toEqual(
        predicted,
      );
    },
  );

  test('fit takes the same steps as gradient descent written out in plain operations, within 1e-5', async () => {
    const rate = 0.1;
    const [beta, gamma, epsilon] = [0.7, 0.02, 0.3];
    const layer = cells.lipschitzRNN({
      ...{ units: 3, seed: 5, epsilon, betaA: beta, betaW: beta, gammaA: gamma, gammaW: gamma, initStd: 2 },
      inputShape: [4, 2],
    });
    const m = sequential({ layers: [layer] });
    m.compile({ optimizer: tf.train.sgd(rate), loss: 'meanSquaredError' });
    const x = inputs([3, 4, 2]);
    const y = tf.randomNormal([3, 3], 0, 1, 'float32', 9);
    let [U, MA, MW, b] = layer.getWeights().map((w) => w.clone()) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
    ];
    const loss = (...[U, MA, MW, b]: tf.Tensor[]) => {
      const skewed = (M: tf.Tensor) =>
        tf.sub(
          tf.add(tf.mul(1 - beta, tf.add(M, tf.transpose(M))), tf.mul(beta, tf.sub(M, tf.transpose(M)))),
          tf.mul(gamma, tf.eye(3)),
        ) as tf.Tensor2D;
      const [A, W] = [skewed(MA!), skewed(MW!)];
      let h = tf.zeros([3, 3]) as tf.Tensor2D;
      for (const xt of tf.unstack(x, 1) as tf.Tensor2D[]) {
        const z = tf.add(tf.matMul(h, W, false, true), tf.add(tf.matMul(xt, U as tf.Tensor2D), b!));
        h = tf.add(h, tf.mul(epsilon, tf.add(tf.matMul(h, A, false, true), tf.tanh(z))));
      }
      return tf.mean(tf.squaredDifference(h, y)) as tf.Scalar;
    };
    for (let k = 0; k < 5; k++) {
      const gradients = tf.grads(loss)([U, MA, MW, b]);
      [U, MA, MW, b] = [U, MA, MW, b].map((w, i) => tf.sub(w, tf.mul(rate, gradients[i]!))) as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
      ];
    }
    const start = numbers(layer.getWeights());
    await m.fit(x, y, { epochs: 5, batchSize: 3, shuffle: false, verbose: 0 });
    layer.getWeights().forEach((w, i) => {
      expect(distance(w, numbers([U, MA, MW, b][i]!))).toBeLessThan(1e-5);
      expect(distance(w, start[i])).toBeGreaterThan(1e-3);
    });
  });

  test.each([['lstm', cells.lstm, layers.lstm] as const, ['gru', cells.gru, layers.gru] as const])(
    '%s with tf.layers weights, defaults, masked and backwards: the same within 1e-6',
    (_, ours, theirs) => {
      // 'orthogonal' of tfjs-layers needs the chained operations of the union package
      const args = { units: 4, returnSequences: true, goBackwards: true };
      const reference = theirs({ ...args, recurrentInitializer: 'glorotNormal' }) as RNN;
      const layer = ours(args);
      const x = inputs();
      const mask = tf.tensor2d(
        [1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0],
        [4, 6],
      );
      reference.apply(x);
      layer.apply(x);
      layer.setWeights(reference.getWeights());
      const expected = reference.call(x, { mask }) as tf.Tensor;
      expect(distance(layer.call(x, { mask }) as tf.Tensor, numbers(expected))).toBeLessThan(1e-6);
    },
  );
});

describe('layers', () => {
  beforeAll(() => useBackend('cpu'));

  test.each([
    ['Lipschitz, 128 units', cells.lipschitzRNN({ units: 128, inputShape: [784, 1] }), 34_314],
    ['Lipschitz, 64 units', cells.lipschitzRNN({ units: 64, inputShape: [784, 1] }), 8_970],
    ['antisymmetric, 128 units', cells.antisymmetricRNN({ units: 128, inputShape: [784, 1] }), 9_674],
    [
      'antisymmetric, 128 units, gated',
      cells.antisymmetricRNN({ units: 128, gated: true, inputShape: [784, 1] }),
      9_930,
    ],
    [
      'exponential, 170 units',
      cells.exponentialRNN({ units: 170, useBias: true, inputShape: [784, 1] }),
      16_415,
    ],
    ['LSTM, 128 units', cells.lstm({ units: 128, inputShape: [784, 1] }), 67_850],
  ])('%s: %# has the published number of parameters for pixel-MNIST', (_, layer, count) => {
    expect(sequential({ layers: [layer, layers.dense({ units: 10 })] }).countParams()).toBe(count);
  });

  test('weights come in the order that the names promise', () => {
    const names = (layer: RNN) => {
      layer.build([null, null, 2]);
      return layer.weights.map((w) => w.originalName.split('/').at(-1));
    };
    expect(names(cells.lipschitzRNN({ units: 2, gated: true }))).toEqual([
      ...['kernel', 'M_A', 'M_W', 'bias', 'gateKernel', 'gateBias'],
    ]);
    expect(names(cells.antisymmetricRNN({ units: 2 }))).toEqual(['kernel', 'M', 'bias']);
    expect(names(cells.vanillaRNN({ units: 2, useBias: false }))).toEqual(['kernel', 'W']);
  });

  test('a seed fixes every weight; another seed, or none, changes them', () => {
    for (const [name, make] of every) {
      const drawn = (args: object) => {
        const layer = make(args);
        layer.build([null, null, 3]);
        return numbers(layer.getWeights());
      };
      expect(drawn({}), name).toEqual(drawn({}));
      expect(drawn({ seed: 0 }), name).toEqual(drawn({ seed: 0 }));
      expect(drawn({ seed: 8 }), name).not.toEqual(drawn({}));
      expect(drawn({ seed: undefined }), name).not.toEqual(drawn({ seed: undefined }));
    }
  });

  test('default weights have the moments that the papers state, within 5% at 200 units', () => {
    const spread = (layer: RNN, i: number) => {
      layer.build([null, null, 50]);
      const values = layer.getWeights()[i]!.dataSync() as Float32Array;
      return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    };
    const near = (value: number, expected: number) =>
      expect(Math.abs(value / expected - 1)).toBeLessThan(0.05);
    near(spread(cells.lipschitzRNN({ units: 200, seed: 1 }), 1), 0.1 / 200);
    near(spread(cells.lipschitzRNN({ units: 200, seed: 1 }), 0), 1 / Math.sqrt(3 * 50));
    near(spread(cells.antisymmetricRNN({ units: 200, seed: 1 }), 0), 1 / Math.sqrt(50));
    near(spread(cells.antisymmetricRNN({ units: 200, seed: 1 }), 1), 1 / Math.sqrt(200));
    near(spread(cells.exponentialRNN({ units: 200, seed: 1 }), 0), Math.sqrt(2 / 50));
    near(spread(cells.cayleyRNN({ units: 200, seed: 1 }), 0), 0.01 / Math.sqrt(3));
  });

  test('free recurrent matrices start orthogonal, within 1e-6: W of vanilla, the blocks of lstm', () => {
    const vanilla = cells.vanillaRNN({ units: 40 });
    vanilla.build([null, null, 2]);
    const W = vanilla.systemMatrices().W;
    expect(distance(tf.matMul(W, W, false, true), tf.eye(40).arraySync())).toBeLessThan(1e-6);
    const lstm = cells.lstm({ units: 20 });
    lstm.build([null, null, 2]);
    const R = lstm.getWeights()[1] as tf.Tensor2D;
    expect(distance(tf.matMul(R, R, false, true), tf.eye(20).arraySync())).toBeLessThan(1e-6);
  });

  test('initializers, regularizers and constraints are those given, and survive a config round trip', () => {
    const args = {
      units: 2,
      kernelInitializer: 'ones' as const,
      recurrentInitializer: initializers.constant({ value: 0.25 }),
      biasInitializer: initializers.constant({ value: -1 }),
      recurrentRegularizer: regularizers.l2({ l2: 0.5 }),
      biasRegularizer: regularizers.l1({ l1: 0.125 }),
      kernelConstraint: constraints.nonNeg(),
    };
    const layer = cells.lipschitzRNN(args);
    for (const each of [
      layer,
      new cells.LipschitzRNN(layer.getConfig() as unknown as cells.LipschitzRNNArgs),
    ]) {
      each.build([null, null, 1]);
      expect(numbers(each.getWeights())).toEqual([
        [1, 1],
        Array(4).fill(0.25),
        Array(4).fill(0.25),
        [-1, -1],
      ]);
      // l2: 0.5 · 4 · 0.25² for each of M_A and M_W; l1: 0.125 · 2
      expect(each.calculateLosses().reduce((sum, t) => sum + t.dataSync()[0]!, 0)).toBeCloseTo(0.5, 6);
      each.setWeights([tf.tensor2d([[-1, 2]]), ...each.getWeights().slice(1)]);
      expect([...each.getWeights()[0]!.dataSync()]).toEqual([0, 2]);
    }
  });

  test('a regularizer adds its share to the loss that fit reports, within 1e-6', async () => {
    const make = (recurrentRegularizer?: ReturnType<typeof regularizers.l2>) => {
      const m = sequential({
        layers: [cells.residualRNN({ units: 2, seed: 3, recurrentRegularizer, inputShape: [3, 1] })],
      });
      m.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
      return m;
    };
    const x = inputs([2, 3, 1]);
    const y = tf.zeros([2, 2]);
    const loss = async (m: Sequential) =>
      (await m.fit(x, y, { epochs: 1, verbose: 0 })).history.loss![0] as number;
    const plain = make();
    const W = plain.layers[0]!.getWeights()[1]!;
    const share = 0.3 * (W.dataSync() as Float32Array).reduce((sum, v) => sum + v * v, 0);
    expect(
      Math.abs((await loss(make(regularizers.l2({ l2: 0.3 })))) - (await loss(plain)) - share),
    ).toBeLessThan(1e-6);
  });

  test('trainable can be switched off and on, and counts accordingly', async () => {
    const layer = cells.antisymmetricRNN({ units: 3, trainable: false, inputShape: [4, 2] });
    const m = sequential({ layers: [layer, layers.dense({ units: 1 })] });
    expect(m.trainableWeights).toHaveLength(2);
    expect(layer.nonTrainableWeights).toHaveLength(3);
    const before = numbers(layer.getWeights());
    m.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await m.fit(inputs([4, 4, 2]), tf.ones([4, 1]), { epochs: 2, verbose: 0 });
    expect(numbers(layer.getWeights())).toEqual(before);
    layer.trainable = true;
    expect(layer.trainableWeights).toHaveLength(3);
  });

  test('cells work in tf.layers.stackedRNNCells, saved and loaded', async () => {
    const stack = [
      new cells.LipschitzRNNCell({ units: 4, seed: 1, scheme: 'heun' }),
      new cells.AntisymmetricRNNCell({ units: 3, seed: 2 }),
      new cells.CayleyRNNCell({ units: 2, seed: 3 }),
    ];
    const m = sequential({
      layers: [layers.rnn({ cell: layers.stackedRNNCells({ cells: stack }), inputShape: [6, 3] })],
    });
    const x = inputs();
    const chain = sequential({
      layers: [
        cells.lipschitzRNN({ units: 4, seed: 1, scheme: 'heun', returnSequences: true, inputShape: [6, 3] }),
        cells.antisymmetricRNN({ units: 3, seed: 2, returnSequences: true }),
        cells.cayleyRNN({ units: 2, seed: 3 }),
      ],
    });
    const y = m.predict(x) as tf.Tensor;
    expect(distance(y, numbers(chain.predict(x) as tf.Tensor))).toBeLessThan(1e-6);
    expect(numbers((await reloaded(m)).predict(x) as tf.Tensor)).toEqual(numbers(y));
  });

  test('a scheme of your own is saved with the model', async () => {
    const scheme = { name: 'mine', order: 2, a: [[], [0.75]], b: [1 / 3, 2 / 3], c: [0, 0.75] };
    const m = sequential({
      layers: [cells.lipschitzRNN({ units: 3, scheme, epsilon: 1, initStd: 3, inputShape: [6, 3] })],
    });
    const x = inputs();
    expect(numbers((await reloaded(m)).predict(x) as tf.Tensor)).toEqual(numbers(m.predict(x) as tf.Tensor));
  });
});
