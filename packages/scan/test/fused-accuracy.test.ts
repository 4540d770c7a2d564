import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceRecurrence } from '../src/fused/implementation.js';
import { recurrence, registerFused, unregisterFused } from '../src/index.js';
import { backends, useBackend } from './backends.js';
import { gaps } from './gaps.js';
import { type ProblemOptions, randomProblem, switches, tensorsOf } from './problems.js';

/** Counts the calls, so that no test passes because the reference answered. */
let calls = 0;
const counted = {
  ...deviceRecurrence,
  forward: (request: Parameters<typeof deviceRecurrence.forward>[0]) => {
    calls += 1;
    return deviceRecurrence.forward(request);
  },
};

const base = { units: 5, inputDim: 3, batch: 3, time: 6, seed: 11 };
const dynamical = { ...base, family: 'dynamical' as const };
const cases: [string, ProblemOptions][] = [
  ['vanilla (carry 0)', { ...dynamical, carry: 0 }],
  ['residual relu', { ...dynamical, activation: 'relu' }],
  ['residual sigmoid, no bias', { ...dynamical, activation: 'sigmoid', withBias: false }],
  ['linear', { ...dynamical, activation: 'linear', withA: true }],
  ['modReLU', { ...dynamical, activation: 'modrelu', carry: 0 }],
  ['modReLU without threshold', { ...dynamical, activation: 'modrelu', withBias: false }],
  ['modReLU with gate, tokens', { ...dynamical, activation: 'modrelu', gated: true, tokens: true }],
  ['antisymmetric, gated', { ...dynamical, gated: true }],
  ['Lipschitz, Euler', { ...dynamical, withA: true, initial: true }],
  ['Lipschitz, Euler, gated, carry 0', { ...dynamical, withA: true, gated: true, carry: 0 }],
  ['Lipschitz, midpoint, gated', { ...dynamical, withA: true, scheme: 'midpoint', gated: true }],
  ['Lipschitz, Kutta 3, masked', { ...dynamical, withA: true, scheme: 'kutta3', masked: true }],
  ['Lipschitz, RK4, backwards', { ...dynamical, withA: true, scheme: 'rk4', goBackwards: true }],
  ['RK4, carry 0, gated, masked', { ...dynamical, scheme: 'rk4', carry: 0, gated: true, masked: true }],
  ['tokens, gated, initial state', { ...dynamical, tokens: true, gated: true, initial: true }],
  ['tokens, RK4, backwards', { ...dynamical, tokens: true, scheme: 'rk4', goBackwards: true }],
  ['one of each', { ...dynamical, units: 1, inputDim: 1, batch: 1, time: 1, withA: true }],
  ['LSTM', { ...base, family: 'lstm', initial: true }],
  ['LSTM, hard sigmoid', { ...base, family: 'lstm', recurrentActivation: 'hardSigmoid' }],
  [
    'LSTM, tokens, masked, backwards',
    { ...base, family: 'lstm', tokens: true, masked: true, goBackwards: true },
  ],
  ['GRU', { ...base, family: 'gru', initial: true }],
  ['GRU, hard sigmoid, masked', { ...base, family: 'gru', recurrentActivation: 'hardSigmoid', masked: true }],
  [
    'GRU, relu, tokens, backwards',
    { ...base, family: 'gru', activation: 'relu', tokens: true, goBackwards: true },
  ],
];

describe.each(backends)('the fused recurrence on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    registerFused(backend, counted);
  });
  afterAll(() => unregisterFused(backend));

  test.each(cases)('%s: states within 2e-6, gradients within 3e-5 (relative) of float64', (_, options) => {
    calls = 0;
    const [states, final, gradients] = gaps(options);
    expect(calls).toBe(2);
    expect(states).toBeLessThan(2e-6);
    expect(final).toBeLessThan(2e-6);
    expect(gradients).toBeLessThan(3e-5);
  });

  test('any member of any size to 33: states within 1e-5, gradients within 2e-4 (relative) of float64', () => {
    const size = fc.integer({ min: 1, max: 33 });
    const problem = fc.record({
      family: fc.constantFrom('dynamical' as const, 'lstm' as const, 'gru' as const),
      units: size,
      inputDim: fc.integer({ min: 1, max: 12 }),
      batch: size,
      time: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(),
      activation: fc.constantFrom('tanh', 'sigmoid', 'linear'),
      recurrentActivation: fc.constantFrom('sigmoid', 'hardSigmoid'),
      ...switches,
    });
    const check = (o: ProblemOptions) => {
      const cell = o.family !== 'dynamical';
      // linear recurrences without a bound grow beyond what float32 resolves
      const activation = o.activation === 'linear' && (cell || o.scheme !== 'euler') ? 'tanh' : o.activation;
      const options = { ...o, activation, gated: o.gated && !cell, withA: o.withA && !cell };
      const [states, final, gradients] = gaps(options);
      expect(Math.max(states, final)).toBeLessThan(1e-5);
      expect(gradients).toBeLessThan(2e-4);
    };
    fc.assert(fc.property(problem, check), { numRuns: 40, seed: 20 });
  });

  test('keeps no tensors but its result, with and without a gradient', () => {
    const problem = randomProblem({ ...dynamical, withA: true });
    const tensors = tensorsOf(problem.values);
    const inputs = problem.inputs() as tf.Tensor3D;
    const run = () => {
      const { states, finalState } = recurrence(inputs, problem.spec(tensors));
      tf.dispose([states!, ...finalState]);
      const gradient = tf.grad((x: tf.Tensor) =>
        tf.sum(recurrence(x as tf.Tensor3D, problem.spec(tensors)).finalState[0]!),
      );
      gradient(inputs).dispose();
    };
    run();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) run();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('without inputs (inputDim 0) gradients are those of zero inputs, to the bit', () => {
    const bias = tf.tensor1d([0.3, -0.2]);
    const W = tf.tensor2d([
      [0.1, 0.2],
      [-0.3, 0.4],
    ]);
    const gradients = (inputDim: number) =>
      tf.grads((x: tf.Tensor, w: tf.Tensor) => {
        const spec = { kernel: tf.zeros([inputDim, 2]) as tf.Tensor2D, W: w as tf.Tensor2D, bias };
        return tf.sum(recurrence(x as tf.Tensor3D, spec).states!);
      })([tf.zeros([3, 4, inputDim]), W]);
    const [dx, dW] = gradients(0);
    expect(dx!.shape).toEqual([3, 4, 0]);
    expect(dW!.dataSync()).toEqual(gradients(1)[1]!.dataSync());
  });

  test('what is behind the mask does not matter, even where it is not finite', () => {
    const kernel = tf.ones([1, 2]) as tf.Tensor2D;
    const W = tf.tensor2d([
      [0.1, 0.2],
      [-0.3, 0.4],
    ]);
    const mask = tf.tensor2d([[1, 0, 1]]);
    const grads = (hidden: number) =>
      tf
        .grads((k: tf.Tensor, w: tf.Tensor) => {
          const spec = { kernel: k as tf.Tensor2D, W: w as tf.Tensor2D, mask };
          return tf.sum(recurrence(tf.tensor3d([[[0.5], [hidden], [0.25]]]), spec).states!);
        })([kernel, W])
        .map((g) => [...g.dataSync()]);
    expect(grads(Number.NaN)).toEqual(grads(7));
  });
});

test('tokens outside the kernel are refused', async () => {
  await useBackend('cpu');
  registerFused('cpu', deviceRecurrence);
  const spec = { kernel: tf.ones([3, 2]) as tf.Tensor2D, W: tf.ones([2, 2]) as tf.Tensor2D };
  const tokens = tf.tensor2d([[0, 3]], undefined, 'int32');
  expect(() => recurrence(tokens, spec)).toThrow(/expected tokens in 0..2, .* got 3/);
});
