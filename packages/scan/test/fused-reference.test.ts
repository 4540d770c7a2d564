import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deviceRecurrence } from '../src/fused/implementation.js';
import { recurrence, registerFused, setMaxTapeBytes, unregisterFused } from '../src/index.js';
import { useBackend } from './backends.js';
import { type ProblemOptions, randomProblem, switches, tensorsOf } from './problems.js';

/** A loss that every state, and every final state apart from them, enters; its gradients, and what it read. */
function solve(options: ProblemOptions): Record<string, Float32Array> {
  return tf.tidy(() => {
    const problem = randomProblem(options);
    const tensors = tensorsOf(problem.values);
    const names = Object.keys(tensors);
    const inputs = problem.inputs();
    const all = options.tokens ? names : [...names, 'inputs'];
    const weights = (t: tf.Tensor) => tf.randomUniform(t.shape, -1, 1, 'float32', t.size + 1);
    const read = new Map<string, tf.Tensor>();
    const gradients = tf.grads((...given: tf.Tensor[]) => {
      const byName = Object.fromEntries(all.map((name, i) => [name, given[i]!]));
      const x = (byName.inputs ?? inputs) as tf.Tensor3D;
      const { states, finalState } = recurrence(x, problem.spec(byName));
      const results = [states!, ...finalState];
      for (const [i, result] of results.entries()) read.set(`result ${i}`, tf.keep(result.clone()));
      return results.map((r) => tf.sum(tf.mul(r, weights(r)))).reduce((a, b) => tf.add(a, b));
    })(all.map((name) => tensors[name] ?? inputs));
    for (const [i, name] of all.entries()) read.set(`gradient of ${name}`, gradients[i]!);
    const numbers = [...read].map(([name, t]) => [name, t.dataSync().slice() as Float32Array] as const);
    for (const [name, t] of read) if (name.startsWith('result')) t.dispose();
    return Object.fromEntries(numbers);
  });
}

/** The largest difference of any result or gradient between fused and reference, relative to the largest of its array. */
function gap(options: ProblemOptions): number {
  registerFused('wasm', deviceRecurrence);
  const fused = solve(options);
  unregisterFused('wasm');
  const plain = solve(options);
  expect(Object.keys(fused)).toEqual(Object.keys(plain));
  let worst = 0;
  for (const [name, want] of Object.entries(plain)) {
    const got = fused[name]!;
    expect(got.length).toBe(want.length);
    const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
    for (const [i, value] of want.entries()) {
      const error = Math.abs(got[i]! - value) / scale;
      if (!(error <= worst)) worst = error;
    }
  }
  return worst;
}

const member = fc.record({
  family: fc.constantFrom('dynamical' as const, 'lstm' as const, 'gru' as const),
  seed: fc.nat(),
  recurrentActivation: fc.constantFrom('sigmoid', 'hardSigmoid'),
  ...switches,
});

describe('fused and reference, element by element', () => {
  beforeEach(() => useBackend('wasm'));
  afterEach(() => {
    unregisterFused('wasm');
    setMaxTapeBytes(2 ** 30);
  });

  const check = (o: ProblemOptions) => {
    const cell = o.family !== 'dynamical';
    const activation = cell && o.activation === 'modrelu' ? 'relu' : o.activation;
    expect(gap({ ...o, activation, gated: o.gated && !cell, withA: o.withA && !cell })).toBeLessThan(5e-6);
  };
  const bounded = fc.constantFrom('tanh', 'sigmoid');
  // What is not bounded grows with every step beyond what float32 resolves.
  const unbounded = fc.constantFrom('relu', 'linear', 'modrelu');

  test.each([
    ['the full tape', 2 ** 30],
    ['a tape in segments', 0],
  ])('any member of any size to 33, %s: every state and gradient within 5e-6 of its largest', (_, bytes) => {
    setMaxTapeBytes(bytes);
    const size = fc.integer({ min: 1, max: 33 });
    const sizes = { units: size, batch: size, inputDim: fc.integer({ min: 1, max: 12 }) };
    const sequences = fc.oneof(
      fc.record({ activation: bounded, time: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ activation: unbounded, time: fc.integer({ min: 1, max: 4 }) }),
    );
    const problem = fc.tuple(member, fc.record(sizes), sequences).map(([m, s, t]) => ({ ...m, ...s, ...t }));
    fc.assert(fc.property(problem, check), { numRuns: 40, seed: 3 });
  });

  // More units and inputs than one pass of a product is deep, more sequences than eight tasks of sixteen.
  test.each<[string, Partial<ProblemOptions>]>([
    ['Lipschitz, midpoint', { family: 'dynamical', withA: true, scheme: 'midpoint' }],
    ['antisymmetric, gated', { family: 'dynamical', gated: true }],
    ['LSTM', { family: 'lstm' }],
    ['GRU', { family: 'gru' }],
  ])(
    '%s of 263 units, 257 inputs and 131 sequences: every state and gradient within 5e-6 of its largest',
    (_, o) => {
      const sizes = { units: 263, inputDim: 257, batch: 131, time: 2, seed: 8, initial: true, masked: true };
      check({ ...sizes, ...o } as ProblemOptions);
    },
  );
});
