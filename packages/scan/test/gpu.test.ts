import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { deviceRecurrence } from '../src/fused/implementation.js';
import { RECURRENCE, recurrence, registerFused, unregisterFused } from '../src/index.js';
import { useBackend } from './backends.js';
import { type ProblemOptions, randomProblem, tensorsOf } from './problems.js';

/** As tfjs-node's backend says where it computes; others say nothing. */
const pretendGpu = (onGpu: boolean | undefined) => Object.assign(tf.backend(), { isUsingGpuDevice: onGpu });

afterEach(() => {
  pretendGpu(undefined);
  unregisterFused('cpu');
});

test.each([
  ['a GPU, the reference', { onGpu: true, units: 2 }, false],
  ['native TensorFlow on a CPU, the fused kernel', { onGpu: false, units: 2 }, true],
  ['native TensorFlow on a CPU, the reference from 1.2e7 multiply-adds', { onGpu: false, units: 500 }, false],
  ['any other backend, the fused kernel whatever the size', { onGpu: undefined, units: 500 }, true],
])('on %s serves', async (_, { onGpu, units }, fused) => {
  await useBackend('cpu');
  registerFused('cpu', deviceRecurrence);
  pretendGpu(onGpu);
  const spec = { kernel: tf.zeros<tf.Rank.R2>([1, units]), W: tf.zeros<tf.Rank.R2>([units, units]) };
  const { kernelNames } = await tf.profile(
    () => recurrence(tf.ones([49, 1, 1]) as tf.Tensor3D, spec).states!,
  );
  expect(kernelNames.includes(RECURRENCE)).toBe(fused);
});

/** Kernels launched and numbers sent or read in a training step over a sequence. */
async function counted(options: ProblemOptions): Promise<{ launches: number; sent: number; read: number }> {
  const problem = randomProblem(options);
  const tensors = tensorsOf(problem.values);
  const inputs = problem.inputs();
  const names = Object.keys(tensors);
  const gradient = tf.grads((...given: tf.Tensor[]) => {
    const spec = problem.spec(Object.fromEntries(names.map((name, i) => [name, given[i]!])));
    return tf.sum(recurrence(inputs, { ...spec, returnSequences: false }).finalState[0]!);
  });
  const engine = tf.engine();
  const send = vi.spyOn(engine, 'makeTensor');
  const read = vi.spyOn(engine, 'readSync');
  const { kernels } = await tf.profile(
    () => gradient(Object.values(tensors)) as unknown as tf.TensorContainer,
  );
  const counts = { sent: send.mock.calls.length, read: read.mock.calls.length };
  vi.restoreAllMocks();
  const free = ['Identity', 'Reshape', 'ExpandDims'];
  const launched = kernels.filter(({ name }) => !free.includes(name) && tf.getKernel(name, 'cpu'));
  return { launches: launched.length, ...counts };
}

const sizes = { units: 3, inputDim: 2, batch: 2, seed: 1 };
test.each<[string, number, ProblemOptions]>([
  ['Lipschitz, Euler', 16, { ...sizes, time: 1, family: 'dynamical', withA: true }],
  ['antisymmetric, gated', 24, { ...sizes, time: 1, family: 'dynamical', gated: true }],
  ['LSTM', 32, { ...sizes, time: 1, family: 'lstm' }],
  ['GRU', 34, { ...sizes, time: 1, family: 'gru' }],
])(
  '%s: at most %d launches per time step and their share of taking time apart, nothing sent or read',
  async (_, launches, options) => {
    await useBackend('cpu');
    const short = await counted({ ...options, time: 64 });
    const long = await counted({ ...options, time: 512 });
    expect((long.launches - short.launches) / 448).toBeLessThan(launches + 0.5);
    expect([long.sent, long.read]).toEqual([short.sent, short.read]);
  },
);
