import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DynamicalSpec, recurrence, unregisterFused } from '../src/index.js';
import { backends, distance, useBackend } from './backends.js';
import { gaps } from './gaps.js';
import { type ProblemOptions, randomProblem, switches, tensorsOf } from './problems.js';

const base = { units: 5, inputDim: 3, batch: 3, time: 6, seed: 11 };
const members: [string, ProblemOptions][] = [
  ['vanilla (carry 0)', { ...base, family: 'dynamical', carry: 0 }],
  ['residual relu', { ...base, family: 'dynamical', activation: 'relu', seed: 21 }],
  ['residual sigmoid, no bias', { ...base, family: 'dynamical', activation: 'sigmoid', withBias: false }],
  ['linear', { ...base, family: 'dynamical', activation: 'linear', withA: true }],
  ['modReLU', { ...base, family: 'dynamical', activation: 'modrelu', carry: 0, seed: 17 }],
  ['modReLU without threshold', { ...base, family: 'dynamical', activation: 'modrelu', withBias: false }],
  ['modReLU with gate', { ...base, family: 'dynamical', activation: 'modrelu', gated: true, seed: 19 }],
  ['Lipschitz, Euler', { ...base, family: 'dynamical', withA: true }],
  [
    'Lipschitz, midpoint, gated',
    { ...base, family: 'dynamical', withA: true, scheme: 'midpoint', gated: true },
  ],
  [
    'Lipschitz, Kutta 3, masked',
    { ...base, family: 'dynamical', withA: true, scheme: 'kutta3', masked: true },
  ],
  [
    'Lipschitz, RK4, backwards',
    { ...base, family: 'dynamical', withA: true, scheme: 'rk4', goBackwards: true },
  ],
  ['RK4, carry 0, gated', { ...base, family: 'dynamical', scheme: 'rk4', carry: 0, gated: true }],
  [
    'tokens, gated, initial state',
    { ...base, family: 'dynamical', tokens: true, gated: true, initial: true },
  ],
  ['backwards, masked', { ...base, family: 'dynamical', withA: true, goBackwards: true, masked: true }],
  ['9 steps', { ...base, time: 9, family: 'dynamical', withA: true }],
  ['67 steps, masked', { ...base, time: 67, family: 'dynamical', carry: 0, masked: true }],
  ['LSTM', { ...base, family: 'lstm' }],
  ['LSTM, hard sigmoid', { ...base, family: 'lstm', recurrentActivation: 'hardSigmoid', initial: true }],
  ['LSTM, tokens, masked', { ...base, family: 'lstm', tokens: true, masked: true, withBias: false }],
  ['GRU', { ...base, family: 'gru' }],
  ['GRU, hard sigmoid, masked', { ...base, family: 'gru', recurrentActivation: 'hardSigmoid', masked: true }],
  ['GRU, relu, backwards', { ...base, family: 'gru', activation: 'relu', goBackwards: true, initial: true }],
];

describe.each(backends)('the reference on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
    unregisterFused(backend);
  });

  test.each(members)('%s: states within 2e-6, gradients within 3e-5 (relative) of float64', (_, options) => {
    const [states, final, gradients] = gaps(options);
    expect(states).toBeLessThan(2e-6);
    expect(final).toBeLessThan(2e-6);
    expect(gradients).toBeLessThan(3e-5);
  });

  test('any member of any size: states within 1e-5, gradients within 2e-4 (relative) of float64', () => {
    const size = fc.integer({ min: 1, max: 6 });
    const member = fc.record<ProblemOptions>({
      family: fc.constantFrom('dynamical', 'lstm', 'gru'),
      units: size,
      inputDim: size,
      batch: fc.integer({ min: 1, max: 4 }),
      time: size,
      seed: fc.nat(),
      // smooth ones only: a difference quotient across a kink says nothing
      activation: fc.constantFrom('tanh', 'linear', 'sigmoid'),
      recurrentActivation: fc.constant('sigmoid'),
      ...switches,
    });
    fc.assert(
      fc.property(member, (options) => {
        const plain = options.family === 'dynamical' ? options : { ...options, withA: false, gated: false };
        const [states, final, gradients] = gaps(plain);
        expect(states).toBeLessThan(1e-5);
        expect(final).toBeLessThan(1e-5);
        expect(gradients).toBeLessThan(2e-4);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps the order of time over any number of steps: counting in h⁺ = h + x is exact', () => {
    for (const time of [1, 2, 7, 8, 9, 15, 64, 65, 100, 513]) {
      const x = tf.reshape(tf.range(0, time), [1, time, 1]) as tf.Tensor3D;
      const spec: DynamicalSpec = { kernel: tf.ones([1, 1]), W: tf.zeros([1, 1]), activation: 'linear' };
      const { states } = recurrence(x, spec);
      expect([...states!.dataSync()]).toEqual(Array.from({ length: time }, (_, t) => (t * (t + 1)) / 2));
      // the gradient of the weighted sum: x_t reaches every later state
      const weights = tf.reshape(tf.range(1, time + 1), [1, time, 1]);
      const dx = tf.grad((v: tf.Tensor) =>
        tf.sum(tf.mul(recurrence(v as tf.Tensor3D, spec).states!, weights)),
      )(x);
      const after = (t: number) => (time * (time + 1) - t * (t + 1)) / 2;
      expect([...dx.dataSync()]).toEqual(Array.from({ length: time }, (_, t) => after(t)));
    }
  });

  test('without sequences: only the final state, the same to the bit', () => {
    const problem = randomProblem({ ...base, family: 'lstm', masked: true });
    const spec = problem.spec(tensorsOf(problem.values));
    const full = recurrence(problem.inputs(), spec);
    const last = recurrence(problem.inputs(), { ...spec, returnSequences: false });
    expect(last.states).toBeUndefined();
    expect(last.finalState.map((t) => [...t.dataSync()])).toEqual(
      full.finalState.map((t) => [...t.dataSync()]),
    );
  });

  test('what is behind the mask does not matter, even where it is not finite', () => {
    const problem = randomProblem({ ...base, family: 'dynamical', withA: true });
    const spec = problem.spec(tensorsOf(problem.values));
    const cut = 4;
    const mask = tf.tensor2d(problem.x.map((s) => s.map((_, t) => (t < cut ? 1 : 0))));
    const poisoned = tf.tensor3d(
      problem.x.map((s) => s.map((row, t) => (t < cut ? row : row.map(() => 1e38)))),
    );
    const masked = recurrence(poisoned, {
      ...spec,
      W: tf.mul((spec as { W: tf.Tensor2D }).W, 1),
      mask,
    } as never);
    const truncated = recurrence(tf.tensor3d(problem.x.map((s) => s.slice(0, cut))), spec);
    expect([...masked.finalState[0]!.dataSync()]).toEqual([...truncated.finalState[0]!.dataSync()]);
  });

  test('one step, one unit, one sequence: h = epsilon tanh(u x + b) within 1e-7', () => {
    const { states } = recurrence(tf.tensor3d([[[0.7]]]), {
      kernel: tf.tensor2d([[0.9]]),
      W: tf.tensor2d([[5]]),
      bias: tf.tensor1d([-0.2]),
      epsilon: 0.1,
    });
    expect(distance(states!, [0.1 * Math.tanh(0.9 * 0.7 - 0.2)])).toBeLessThan(1e-7);
  });

  test('W multiplies a column vector: a shift moves the first unit into the second', () => {
    const { finalState } = recurrence(tf.zeros([1, 1, 1]), {
      kernel: tf.zeros([1, 2]),
      W: tf.tensor2d([
        [0, 0],
        [1, 0],
      ]),
      activation: 'linear',
      carry: 0,
      initialState: tf.tensor2d([[3, 0]]),
    });
    expect([...finalState[0]!.dataSync()]).toEqual([0, 3]);
  });

  const twice: [string, ProblemOptions][] = [
    ['tokens, gated', { ...base, units: 3, family: 'dynamical', tokens: true, gated: true }],
    ['a single step', { ...base, units: 3, time: 1, family: 'dynamical', withA: true, scheme: 'rk4' }],
    ['LSTM', { ...base, units: 3, family: 'lstm' }],
    ['GRU', { ...base, units: 3, family: 'gru' }],
  ];
  test.each(twice)('second derivative, %s: within 1e-3 of differences of the first', (_, options) => {
    const problem = randomProblem(options);
    const tensors = tensorsOf(problem.values);
    const inputs = problem.inputs();
    const first = (kernel: tf.Tensor) =>
      tf.grad((k: tf.Tensor) =>
        tf.sum(tf.square(recurrence(inputs, problem.spec({ ...tensors, kernel: k })).states!)),
      )(kernel);
    const direction = tf.randomUniform(tensors.kernel!.shape, -1, 1, 'float32', 5);
    const exact = tf.grad((k: tf.Tensor) => tf.sum(tf.mul(first(k), direction)))(tensors.kernel!);
    const h = 1e-2;
    const plus = first(tf.add(tensors.kernel!, tf.mul(direction, h)));
    const minus = first(tf.sub(tensors.kernel!, tf.mul(direction, h)));
    const difference = tf.div(tf.sub(plus, minus), 2 * h);
    expect(tf.max(tf.abs(exact)).dataSync()[0]).toBeGreaterThan(0.05);
    expect(tf.max(tf.abs(tf.sub(exact, difference))).dataSync()[0]).toBeLessThan(1e-3);
  });

  test('keeps no tensors but its result', () => {
    const problem = randomProblem({ ...base, family: 'dynamical', withA: true, gated: true, scheme: 'rk4' });
    const tensors = tensorsOf(problem.values);
    const inputs = problem.inputs();
    const spec = problem.spec(tensors);
    const before = tf.memory().numTensors;
    const { states, finalState } = recurrence(inputs, spec);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([states!, ...finalState]);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(recurrence(x as tf.Tensor3D, spec).finalState[0]!));
    tf.dispose(gradient(inputs as tf.Tensor));
    expect(tf.memory().numTensors).toBe(before);
  });
});
