import { setMaxTapeBytes } from '@hurwitz/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { deviceRecurrence } from '../src/fused/implementation.js';
import { dropTapes } from '../src/fused/tapes.js';
import { fusedMemory, recurrence, registerFused } from '../src/index.js';
import { useBackend } from './backends.js';
import { randomProblem, tensorsOf } from './problems.js';

test('a tape that was dropped, because memory ran short, is made again: the same gradient, bit for bit', async () => {
  await useBackend('cpu');
  registerFused('cpu', deviceRecurrence);
  const problem = randomProblem({ family: 'gru', units: 8, inputDim: 2, batch: 5, time: 9, seed: 1 });
  const tensors = tensorsOf(problem.values);
  const gradient = (afterForward: () => void) =>
    tf.grad((matrix: tf.Tensor) => {
      const spec = problem.spec({ ...tensors, matrix });
      const [state] = recurrence(problem.inputs(), spec).finalState;
      afterForward();
      return tf.sum(state!);
    })(tensors.matrix!);
  const expected = gradient(() => expect(fusedMemory().usedBytes).toBeGreaterThan(0)).dataSync();
  const got = gradient(() => {
    dropTapes();
    expect(fusedMemory().usedBytes).toBe(0);
  }).dataSync();
  expect(got).toEqual(expected);
});

test('the tapes of losses that threw are freed once another gradient starts', async () => {
  await useBackend('cpu');
  registerFused('cpu', deviceRecurrence);
  const problem = randomProblem({ family: 'lstm', units: 8, inputDim: 2, batch: 5, time: 9, seed: 1 });
  const tensors = tensorsOf(problem.values);
  const inputs = problem.inputs() as tf.Tensor;
  const gradient = (finish: (h: tf.Tensor) => tf.Tensor) =>
    tf.grad((x: tf.Tensor) =>
      finish(recurrence(x as tf.Tensor3D, problem.spec(tensors)).finalState[0] as tf.Tensor),
    )(inputs);
  const used = fusedMemory().usedBytes;
  for (let i = 0; i < 5; i++) {
    expect(() =>
      gradient(() => {
        throw new Error('a loss that throws');
      }),
    ).toThrow('a loss that throws');
  }
  expect(fusedMemory().usedBytes).toBeGreaterThan(used);
  gradient(tf.sum);
  expect(fusedMemory().usedBytes).toBe(used);
});

test.each([
  ['the full tape', 2 ** 30],
  ['a tape in segments', 0],
])(
  'over 1,000 training steps with %s memory and tensors stay flat, also where a gradient is never asked for',
  async (_, bytes) => {
    setMaxTapeBytes(bytes);
    await useBackend('cpu');
    registerFused('cpu', deviceRecurrence);
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
    const [used, size, count] = [
      fusedMemory().usedBytes,
      fusedMemory().reservedBytes,
      tf.memory().numTensors,
    ];
    for (let i = 0; i < 1000; i++) step(i);
    expect(tf.memory().numTensors).toBe(count);
    expect(fusedMemory().reservedBytes).toBe(size);
    expect(fusedMemory().usedBytes).toBe(used);
    tf.tidy(() => loss());
    expect(fusedMemory().usedBytes).toBe(0);
    setMaxTapeBytes(2 ** 30);
  },
);
