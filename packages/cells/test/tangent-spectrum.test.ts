import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LyapunovSpectrum, lyapunovSpectrum } from '@hurwitz/lyapunov';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cells from '../src/index.js';
import { useBackend } from './backends.js';

// Seeded; and tfjs-layers' own default, 'orthogonal', needs the chained operations of the union package.
const recurrent = {
  kernelInitializer: initializers.glorotNormal({ seed: 5 }),
  recurrentInitializer: initializers.glorotNormal({ seed: 6 }),
};
const [units, inputDim, warmup, steps] = [5, 2, 20, 80];

/** Inputs that repeat with period 7: a product of Jacobians in the wrong order has another spectrum. */
const inputs = Array.from({ length: warmup + steps }, (_, t) => [
  Math.sin((2 * Math.PI * t) / 7),
  Math.cos((4 * Math.PI * t) / 7),
]);

/** What tfjs-node and the browser bring along for file:// and http://, for plain tfjs in Node. */
function files(folder: string): tf.io.IOHandler {
  return {
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      writeFileSync(join(folder, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
      writeFileSync(join(folder, 'weights.bin'), new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
    load: async () => {
      const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
      const weightData = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer;
      return { modelTopology, weightSpecs: weightsManifest[0].weights, weightData };
    },
  };
}

/** The exponents of a map from central differences and the QR of Gram and Schmidt, with nothing of ours. */
function exponentsByDifferences(
  step: (state: number[], input: number[]) => number[],
  dimension: number,
): number[] {
  let state = new Array<number>(dimension).fill(0);
  let frame = state.map((_, j) => state.map((__, i): number => (i === j ? 1 : 0)));
  const sums = new Array<number>(dimension).fill(0);
  const h = 1e-6;
  inputs.forEach((x, t) => {
    const differential = (v: number[]): number[] => {
      const [plus, minus] = [h, -h].map((by) =>
        step(
          state.map((s, i) => s + by * v[i]!),
          x,
        ),
      ) as [number[], number[]];
      return plus.map((p, i) => (p - minus[i]!) / (2 * h));
    };
    frame = frame.map(differential);
    state = step(state, x);
    for (let j = 0; j < dimension; j++) {
      // Twice, so that rounding does not leave the directions oblique.
      for (const other of [...frame.slice(0, j), ...frame.slice(0, j)]) {
        const along = frame[j]!.reduce((sum, v, i) => sum + v * other[i]!, 0);
        frame[j] = frame[j]!.map((v, i) => v - along * other[i]!);
      }
      const length = Math.hypot(...frame[j]!);
      frame[j] = frame[j]!.map((v) => v / length);
      if (t >= warmup) sums[j]! += Math.log(length) / steps;
    }
  });
  return sums.sort((a, b) => b - a);
}

/** tf.layers' LSTM with hardSigmoid gates, its default, written out from the bytes of its weights. */
function lstmStep(bytes: Buffer): (state: number[], input: number[]) => number[] {
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  const width = 4 * units;
  const kernel = all.subarray(0, inputDim * width);
  const recurrent = all.subarray(kernel.length, kernel.length + units * width);
  const bias = all.subarray(kernel.length + recurrent.length, kernel.length + recurrent.length + width);
  const gate = (z: number): number => Math.min(1, Math.max(0, 0.2 * z + 0.5));
  return (state, input) => {
    const z = Array.from(bias, (b, k) => {
      const driven = input.reduce((sum, x, i) => sum + x * kernel[i * width + k]!, b);
      return state.slice(0, units).reduce((sum, h, i) => sum + h * recurrent[i * width + k]!, driven);
    });
    const c = Array.from({ length: units }, (_, k) => {
      const kept = gate(z[units + k]!) * state[units + k]!;
      return kept + gate(z[k]!) * Math.tanh(z[2 * units + k]!);
    });
    return [...c.map((v, k) => gate(z[3 * units + k]!) * Math.tanh(v)), ...c];
  };
}

describe('the spectrum of tf.layers in plain tfjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hurwitz-tangent-'));
  beforeAll(() => useBackend('cpu'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('an LSTM loaded from disk, in two lines: as finite differences of its equations have it, within 1e-5', async () => {
    const trained = tfl.sequential({
      layers: [
        layers.lstm({ ...recurrent, units, inputShape: [null, inputDim] }),
        layers.dense({ units: 1 }),
      ],
    });
    await trained.save(files(folder));

    const system = cells.tangentSystem(await tfl.loadLayersModel(files(folder)));
    const { exponents } = lyapunovSpectrum(system, { inputs, warmup });

    const step = lstmStep(readFileSync(join(folder, 'weights.bin')));
    const expected = exponentsByDifferences(step, 2 * units);
    exponents.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `exponent ${i}`).toBeLessThan(1e-5);
    });
    expect(expected[0]! - expected.at(-1)!).toBeGreaterThan(0.3);
  });

  test('a stack of LSTM, dense and GRU: as finite differences of its step have it, within 1e-5', () => {
    const model = tfl.sequential({
      layers: [
        layers.lstm({ ...recurrent, units: 3, returnSequences: true, inputShape: [null, inputDim] }),
        layers.dense({ units: 2, activation: 'tanh' }),
        layers.gru({ ...recurrent, units: 3, recurrentActivation: 'sigmoid' }),
      ],
    });
    const system = cells.tangentSystem(model);
    const { exponents } = lyapunovSpectrum(system, { inputs, warmup });
    const expected = exponentsByDifferences((h, x) => Array.from(system.step(h, x)), 9);
    exponents.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `exponent ${i}`).toBeLessThan(1e-5);
    });
  });
});

describe('a layer in WebAssembly and by its methods: the same exponents, within 1e-9', () => {
  beforeAll(() => useBackend('cpu'));

  const drawn = { units, seed: 4, inputShape: [null, inputDim] };
  const tokenInputs = inputs.map((_, t) => [(t * t + 3 * t) % 6]);
  const token = (layer: tfl.layers.Layer, ...before: tfl.layers.Layer[]) =>
    tfl.sequential({
      layers: [layers.embedding({ inputDim: 6, outputDim: 3, inputLength: 100 }), ...before, layer],
    });
  const made: [string, () => tfl.layers.Layer, cells.TangentSystemOptions?][] = [
    ...['euler', 'midpoint', 'rk4'].flatMap((scheme) =>
      [false, true].map((gated): [string, () => tfl.layers.Layer] => [
        `Lipschitz, ${scheme}${gated ? ', gated' : ''}`,
        () => cells.lipschitzRNN({ ...drawn, scheme, gated, epsilon: 0.3, initStd: 3 }),
      ]),
    ),
    ['antisymmetric, gated', () => cells.antisymmetricRNN({ ...drawn, epsilon: 0.3, gated: true })],
    ['vanilla', () => cells.vanillaRNN(drawn)],
    ['Cayley', () => cells.cayleyRNN({ ...drawn, kernelInitializer: 'glorotNormal' })],
    ['LSTM', () => cells.lstm(drawn)],
    ['LSTM, hidden only', () => cells.lstm(drawn), { hidden: 'only' }],
    ['GRU', () => cells.gru({ ...drawn, recurrentActivation: 'sigmoid' })],
    ['SimpleRNN of tf.layers', () => layers.simpleRNN({ ...recurrent, units, inputShape: [null, inputDim] })],
    ['LSTM of tf.layers', () => layers.lstm({ ...recurrent, units, inputShape: [null, inputDim] })],
    ['tokens', () => cells.lstm({ units, seed: 2, vocabularySize: 6, inputShape: [null] })],
    [
      'tokens, gated',
      () => cells.lipschitzRNN({ units, seed: 2, vocabularySize: 6, gated: true, inputShape: [null] }),
    ],
    ['an embedding', () => token(cells.gru({ units, seed: 1 }), layers.dropout({ rate: 0.3 }))],
    [
      'an embedding, a nonlinear layer and gates',
      () =>
        token(
          cells.lipschitzRNN({ units, seed: 1, gated: true }),
          layers.dense({ units: 4, activation: 'elu' }),
        ),
    ],
  ];

  test.each(made)('%s', (_, make, options) => {
    const layer = make();
    const system = cells.tangentSystem(
      'layers' in layer ? layer : tfl.sequential({ layers: [layer] }),
      options,
    );
    expect(system.network).toBeDefined();
    const driven = { inputs: system.vocabularySize === undefined ? inputs : tokenInputs, warmup };
    const [fast, reference] = (['webassembly', 'methods'] as const).map((propagation) =>
      lyapunovSpectrum(system, { ...driven, propagation }),
    ) as [LyapunovSpectrum, LyapunovSpectrum];
    fast.exponents.forEach((value, i) => {
      const expected = reference.exponents[i]!;
      // A modReLU that is shut loses a direction for good.
      if (value !== expected) expect(Math.abs(value - expected), `exponent ${i}`).toBeLessThan(1e-9);
    });
  });

  test.each(['webassembly', 'methods'] as const)(
    'an untrained Cayley layer at rest has lost nothing, %s: all exponents 0 within 1e-6, without a bias too',
    (propagation) => {
      for (const useBias of [true, false]) {
        const model = tfl.sequential({ layers: [cells.cayleyRNN({ ...drawn, useBias })] });
        const still = { inputs: inputs.map(() => [0, 0]), propagation };
        const { exponents } = lyapunovSpectrum(cells.tangentSystem(model), still);
        expect(Math.max(...exponents.map(Math.abs))).toBeLessThan(1e-6);
      }
    },
  );

  test.each<[string, () => tfl.layers.Layer]>([
    [
      'a stack',
      () =>
        tfl.sequential({ layers: [cells.gru({ ...drawn, returnSequences: true }), cells.gru({ units })] }),
    ],
    [
      'a dense layer before',
      () => tfl.sequential({ layers: [layers.dense({ units, inputShape: [9, 2] }), cells.gru({ units })] }),
    ],
    [
      'an activation of tf.layers alone',
      () =>
        tfl.sequential({
          layers: [layers.simpleRNN({ ...recurrent, units, activation: 'elu', inputShape: [9, 2] })],
        }),
    ],
    [
      'masked inputs',
      () =>
        tfl.sequential({
          layers: [
            layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true, inputLength: 9 }),
            cells.gru({ units }),
          ],
        }),
    ],
  ])('has none for %s', (_, make) => {
    expect(cells.tangentSystem(make()).network).toBeUndefined();
  });
});
