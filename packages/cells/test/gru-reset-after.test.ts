import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lyapunovSpectrum } from '@hurwitz/lyapunov';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { CellError, gru, ResetAfterGRU, tangentPropagator, tangentSystem } from '../src/index.js';
import { loadModel, saveModel } from '../src/node.js';
import { backends, distance, useBackend } from './backends.js';
import fixtures from './fixtures/gru-reset-after.json';

const numbers = (length: number, phase: number) =>
  Array.from({ length }, (_, i) => 0.8 * Math.sin(1.7 * i * i + phase));

function withWeights(params: Record<string, unknown>, options: object) {
  const layer = gru({ units: 1, ...options, resetAfter: true });
  const weights = Object.values(params).map((value) => tf.tensor(value as number[]));
  layer.build([null, null, weights[0]!.shape[0]!]);
  layer.setWeights(weights);
  return layer;
}

describe.each(backends)('gru({ resetAfter: true }) on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(fixtures.cases.map((c) => [JSON.stringify(c.options), c] as const))(
    '%s: tangentSystem takes its step within 2e-6, and its Jacobian is the central differences within 1e-8',
    (_, { options, params, inputDim }) => {
      const { gateOrder: __, resetAfter: ___, ...rest } = options;
      const layer = withWeights(params, rest);
      const system = tangentSystem(layer);
      const [state, input] = [numbers(options.units, 0.5), numbers(inputDim, 0.2)];
      const output = layer.apply(tf.tensor3d([[input]]), {
        initialState: [tf.tensor2d([state])],
      }) as tf.Tensor;
      expect(distance(output, [Array.from(system.step(state, input))])).toBeLessThan(2e-6);
      const J = system.jacobian(state, input);
      const step = 1e-5;
      state.forEach((_value, j) => {
        const moved = (by: number) =>
          system.step(
            state.map((value, i) => (i === j ? value + by : value)),
            input,
          );
        const [plus, minus] = [moved(step), moved(-step)];
        J.forEach((row, i) => {
          expect(Math.abs(row[j]! - (plus[i]! - minus[i]!) / (2 * step)), `${i}, ${j}`).toBeLessThan(1e-8);
        });
      });
    },
  );

  test.each(fixtures.lyapunov.map((c) => [c.options.units, c] as const))(
    '%i units: Lyapunov exponents of the reference implementation, within 1e-6',
    (_, { options, params, x, warmup, exponents, sum }) => {
      const system = tangentSystem(withWeights(params, options));
      const spectrum = lyapunovSpectrum(system, { inputs: x, warmup });
      expect(distance(tf.tensor(spectrum.exponents as never), exponents)).toBeLessThan(1e-6);
      const total = Array.from(spectrum.exponents as ArrayLike<number>).reduce((a, b) => a + b, 0);
      expect(Math.abs(total - sum)).toBeLessThan(1e-6);
    },
  );

  test('tangentPropagator: J v of tangentSystem within 2e-6', () => {
    const layer = withWeights(fixtures.cases[0]!.params, { units: 4 });
    const [state, v, input] = [numbers(4, 0.5), numbers(4, 0.9), numbers(2, 0.2)];
    const got = tangentPropagator(layer).prepare()(
      { state: tf.tensor2d([state]), tangents: tf.tensor3d([[v]]) },
      tf.tensor2d([input]),
    );
    const system = tangentSystem(layer);
    expect(distance(got.state, [Array.from(system.step(state, input))])).toBeLessThan(2e-6);
    expect(
      distance(got.tangents, [system.jvp(state, input, [v]).map((row) => Array.from(row))]),
    ).toBeLessThan(2e-6);
  });

  test('a masked step and reading backwards: as the steps that remain, in their order, to the bit', () => {
    const layer = gru({ units: 3, resetAfter: true, seed: 1, goBackwards: true, biasInitializer: 'ones' });
    const x = tf.randomNormal([1, 3, 2], 0, 1, 'float32', 5) as tf.Tensor3D;
    const masked = layer.apply(x, { mask: tf.tensor2d([[1, 0, 1]]) }) as tf.Tensor;
    const forwards = gru({ units: 3, resetAfter: true, seed: 1, biasInitializer: 'ones' });
    const rest = tf.gather(x, [2, 0], 1);
    expect(Array.from((forwards.apply(rest) as tf.Tensor).dataSync())).toEqual(Array.from(masked.dataSync()));
  });

  test.each([1, 3, 5])('with input %i: PyTorch has 3 units (inputDim + units + 2) parameters', (inputDim) => {
    const layer = gru({ units: 7, resetAfter: true });
    layer.build([null, null, inputDim]);
    expect(layer.countParams()).toBe(3 * 7 * (inputDim + 7 + 2));
    expect(layer.getWeights().map(({ shape }) => shape)).toEqual([
      [inputDim, 21],
      [7, 21],
      [2, 21],
    ]);
  });

  test('comes back from files with the same outputs, bit for bit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hurwitz-gru-'));
    try {
      const layer = gru({ units: 3, resetAfter: true, seed: 2, activation: 'relu', inputShape: [4, 2] });
      const model = sequential({ layers: [layer, layers.dense({ units: 1 })] });
      const x = tf.randomNormal([2, 4, 2], 0, 1, 'float32', 3);
      const again = await loadModel(await saveModel(model, folder));
      expect(again.layers[0]).toBeInstanceOf(ResetAfterGRU);
      expect(Array.from((again.predict(x) as tf.Tensor).dataSync())).toEqual(
        Array.from((model.predict(x) as tf.Tensor).dataSync()),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

test.each<[string, () => unknown, RegExp]>([
  ['no units', () => gru({ resetAfter: true } as never), /gru: expected units/],
  [
    'another gate',
    () => gru({ units: 2, resetAfter: true, recurrentActivation: 'tanh' }),
    /one of sigmoid, hardSigmoid/,
  ],
  ['modReLU', () => gru({ units: 2, resetAfter: true, activation: 'modrelu' as never }), /one of tanh, relu/],
  ['a misspelt option', () => gru({ units: 2, resetAfter: true, sed: 1 } as never), /Did you mean 'seed'/],
  ['dropout', () => gru({ units: 2, resetAfter: true, dropout: 0.5 } as never), /gru: expected no dropout/],
])('gru({ resetAfter: true }) refuses %s', (_, make, message) => {
  expect(make).toThrow(CellError);
  expect(make).toThrow(message);
});
