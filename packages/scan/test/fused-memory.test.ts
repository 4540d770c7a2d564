import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { webAssemblyRecurrence } from '../src/fused/implementation.js';
import { theMachine } from '../src/fused/machine.js';
import { dropTapes } from '../src/fused/tapes.js';
import { MemoryError, recurrence, registerFused, setMaxTapeBytes } from '../src/index.js';
import { arrayProblem, solve } from './arrays.js';
import { useBackend } from './backends.js';
import { randomProblem, tensorsOf } from './problems.js';

const { heap } = theMachine()!;

describe('the tape', () => {
  afterEach(() => setMaxTapeBytes(2 ** 30));

  test.each(['dynamical', 'lstm', 'gru'] as const)(
    '%s: recomputing in segments gives the same states to the bit, and gradients within 1e-6 of the largest',
    (family) => {
      for (const tokens of [false, true]) {
        for (const time of [1, 2, 30, 49]) {
          const problem = arrayProblem({ family, time, tokens, inputDim: 7 });
          setMaxTapeBytes(2 ** 30);
          const expected = solve(problem);
          setMaxTapeBytes(0);
          const segmented = solve(problem);
          expect(segmented.final).toEqual(expected.final);
          for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
            const [got, want] = [segmented[name]!, expected[name]!];
            const scale = want.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
            for (const [i, value] of want.entries()) {
              if (Math.abs(got[i]! - value) > 1e-6 * scale) expect(got[i], name).toBe(value);
            }
          }
        }
      }
    },
  );

  test('bytes are refused where they are no number', () => {
    expect(() => setMaxTapeBytes(Number.NaN)).toThrow(RangeError);
    expect(() => setMaxTapeBytes(-1)).toThrow(/setMaxTapeBytes: expected/);
  });
});

test('sizes past what WebAssembly addresses give a MemoryError, and nothing is allocated', () => {
  const problem = arrayProblem({ units: 8, batch: 4, time: 2 });
  const impossible = { ...problem, attributes: { ...problem.attributes, units: 100_000, time: 10_000 } };
  const used = heap.usedBytes;
  expect(() => solve(impossible)).toThrow(MemoryError);
  expect(() => solve(impossible)).toThrow(/needed \d+ MiB/);
  expect(heap.usedBytes).toBe(used);
});

test('sizes that only together pass what WebAssembly addresses give a MemoryError of their sum, and memory does not grow', () => {
  const problem = arrayProblem({ units: 8, batch: 4, time: 2 });
  const attributes = { ...problem.attributes, time: 7_500_000, returnSequences: true };
  const size = heap.size;
  setMaxTapeBytes(Number.POSITIVE_INFINITY);
  try {
    expect(() => solve({ ...problem, attributes })).toThrow(MemoryError);
    expect(() => solve({ ...problem, attributes })).toThrow(/needed 45\d\d MiB/);
  } finally {
    setMaxTapeBytes(2 ** 30);
  }
  expect(heap.size).toBe(size);
});

test('a tape that was dropped, because memory ran short, is made again: the same gradient, bit for bit', async () => {
  await useBackend('cpu');
  registerFused('cpu', webAssemblyRecurrence);
  const problem = randomProblem({ family: 'gru', units: 8, inputDim: 2, batch: 5, time: 9, seed: 1 });
  const tensors = tensorsOf(problem.values);
  const gradient = (afterForward: () => void) =>
    tf.grad((matrix: tf.Tensor) => {
      const spec = problem.spec({ ...tensors, matrix });
      const [state] = recurrence(problem.inputs(), spec).finalState;
      afterForward();
      return tf.sum(state!);
    })(tensors.matrix!);
  const expected = gradient(() => expect(heap.usedBytes).toBeGreaterThan(0)).dataSync();
  const got = gradient(() => {
    dropTapes();
    expect(heap.usedBytes).toBe(0);
  }).dataSync();
  expect(got).toEqual(expected);
});

test('the tapes of losses that threw are freed once another gradient starts', async () => {
  await useBackend('cpu');
  registerFused('cpu', webAssemblyRecurrence);
  const problem = randomProblem({ family: 'lstm', units: 8, inputDim: 2, batch: 5, time: 9, seed: 1 });
  const tensors = tensorsOf(problem.values);
  const inputs = problem.inputs() as tf.Tensor;
  const gradient = (finish: (h: tf.Tensor) => tf.Tensor) =>
    tf.grad((x: tf.Tensor) =>
      finish(recurrence(x as tf.Tensor3D, problem.spec(tensors)).finalState[0] as tf.Tensor),
    )(inputs);
  const used = heap.usedBytes;
  for (let i = 0; i < 5; i++) {
    expect(() =>
      gradient(() => {
        throw new Error('a loss that throws');
      }),
    ).toThrow('a loss that throws');
  }
  expect(heap.usedBytes).toBeGreaterThan(used);
  gradient(tf.sum);
  expect(heap.usedBytes).toBe(used);
});

test.each([
  ['the full tape', 2 ** 30],
  ['a tape in segments', 0],
])(
  'over 1,000 training steps with %s memory and tensors stay flat, also where a gradient is never asked for',
  async (_, bytes) => {
    setMaxTapeBytes(bytes);
    await useBackend('cpu');
    registerFused('cpu', webAssemblyRecurrence);
    const problem = randomProblem({
      family: 'dynamical',
      units: 8,
      inputDim: 2,
      batch: 5,
      time: 9,
      seed: 1,
      withA: true,
    });
    const tensors = tensorsOf(problem.values);
    const inputs = problem.inputs() as tf.Tensor3D;
    const loss = () => tf.sum(recurrence(inputs, problem.spec(tensors)).finalState[0]!) as tf.Scalar;
    const step = (i: number) => {
      const { grads, value } = tf.variableGrads(
        () => tf.tidy(() => tf.mul(loss(), factor) as tf.Scalar),
        [factor],
      );
      tf.dispose([grads, value]);
      // The recurrence runs inside a gradient that does not depend on it.
      const unrelated = () =>
        tf.tidy(() => {
          loss();
          return tf.square(factor) as tf.Scalar;
        });
      if (i % 2) tf.dispose(tf.variableGrads(unrelated, [factor]));
    };
    const factor = tf.variable(tf.scalar(2));
    for (let i = 0; i < 4; i++) step(i);
    const [used, size, count] = [heap.usedBytes, heap.size, tf.memory().numTensors];
    for (let i = 0; i < 1000; i++) step(i);
    expect(tf.memory().numTensors).toBe(count);
    expect(heap.size).toBe(size);
    expect(heap.usedBytes).toBe(used);
    tf.tidy(() => loss());
    expect(heap.usedBytes).toBe(0);
    setMaxTapeBytes(2 ** 30);
  },
);
