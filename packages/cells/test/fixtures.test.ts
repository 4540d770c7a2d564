import { readdirSync, readFileSync } from 'node:fs';
import { unregisterFused } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type RNN } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DynamicalLayer } from '../src/index.js';
import { backends, distance, useBackend } from './backends.js';
import { layerOf } from './layers-by-name.js';

interface Case {
  cell: string;
  options: Record<string, unknown>;
  params: Record<string, number[]>;
  x: number[][][];
  states: unknown;
  cotangent: number[][][];
  gradients: Record<string, unknown>;
  gradientX: unknown;
}

const folder = new URL('fixtures/', import.meta.url);
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { cases: Case[] }).cases)
  .map((c) => [`${c.cell} ${JSON.stringify(c.options)}`, c] as const);

/** Cells of this package; those of tf.layers, which `lstm` and `gru` have, take steps of their own. */
const ours = cases.filter(([, c]) => 'recurrenceSpec' in layerOf(c.cell, c.options).cell);

// In this order: a backend's fused kernels, once unregistered, stay away for the rest of the process.
const engines = ['as @hurwitz/scan runs it', 'by the reference'].flatMap((engine) =>
  backends.map((backend) => [backend, engine] as const),
);

describe.each(engines)('layers on %s, %s, match the float64 fixtures', (backend, engine) => {
  beforeAll(async () => {
    await useBackend(backend);
    if (engine === 'by the reference') unregisterFused(backend);
  });

  function built(c: Case): { layer: RNN; x: tf.Tensor3D; names: string[] } {
    const layer = layerOf(c.cell, { ...c.options, returnSequences: true });
    const x = tf.tensor3d(c.x);
    layer.build(x.shape);
    const names = Object.keys(c.params);
    // Setting by position proves the order of the weights too.
    layer.setWeights(names.map((name) => tf.tensor(c.params[name]!)));
    return { layer, x, names };
  }

  test.each(cases)('%s: states within 2e-5, gradients within 3e-4', (_, c) => {
    const { layer, x, names } = built(c);
    expect(distance(layer.apply(x) as tf.Tensor, c.states)).toBeLessThan(2e-5);
    const cotangent = tf.tensor3d(c.cotangent);
    const loss = (input: tf.Tensor) =>
      tf.sum(tf.mul(layer.call(input, {}) as tf.Tensor, cotangent)) as tf.Scalar;
    const { grads } = tf.variableGrads(() => loss(x));
    layer.trainableWeights.forEach((weight, i) => {
      const gradient = grads[(weight.read() as tf.Variable).name]!;
      expect(distance(gradient, c.gradients[names[i]!]), names[i]).toBeLessThan(3e-4);
    });
    expect(distance(tf.grad(loss)(x), c.gradientX)).toBeLessThan(3e-4);
  });

  test.each(ours)('%s: the cell in tf.layers.rnn, step by step, within 2e-5', (_, c) => {
    const { layer, x } = built(c);
    const { cell } = layer as DynamicalLayer;
    const stepwise = layers.rnn({ cell, returnSequences: true });
    expect(distance(stepwise.apply(x) as tf.Tensor, c.states)).toBeLessThan(2e-5);
  });

  test("systemMatrices are the papers' A and W: one Euler step from a unit state, within 1e-6", () => {
    const { layer } = built(cases[0]![1]);
    const { A, W } = (layer as DynamicalLayer).systemMatrices();
    const [rowsA, rowsW] = [A!.arraySync(), W.arraySync()] as [number[][], number[][]];
    // h⁺ - h = epsilon (A h + tanh(W h + b)) for x = 0 and h the second unit vector: columns 1 of A and W
    const bias = cases[0]![1].params.bias!;
    const next = layer.apply(tf.zeros([1, 1, 2]), {
      initialState: [tf.tensor2d([[0, 1, 0, 0]])],
    }) as tf.Tensor;
    const expected = [0, 1, 0, 0].map(
      (h, i) => h + 0.3 * (rowsA[i]![1]! + Math.tanh(rowsW[i]![1]! + bias[i]!)),
    );
    expect(distance(next, expected)).toBeLessThan(1e-6);
  });
});
