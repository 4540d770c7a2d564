import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { webAssemblyRecurrence } from '../src/fused/implementation.js';
import { RECURRENCE, recurrence, registerFused, unregisterFused } from '../src/index.js';
import { useBackend } from './backends.js';

/** As tfjs-node's backend says where it computes. */
const pretendGpu = (onGpu: boolean) => Object.assign(tf.backend(), { isUsingGpuDevice: onGpu });

afterEach(() => {
  pretendGpu(false);
  unregisterFused('cpu');
});

test.each([
  ['a GPU, the reference', true],
  ['a CPU, the fused kernel', false],
])('on %s serves', async (_, onGpu) => {
  await useBackend('cpu');
  registerFused('cpu', webAssemblyRecurrence);
  pretendGpu(onGpu);
  const spec = { kernel: tf.ones([1, 2]) as tf.Tensor2D, W: tf.ones([2, 2]) as tf.Tensor2D };
  const { kernelNames } = await tf.profile(() => recurrence(tf.ones([1, 3, 1]) as tf.Tensor3D, spec).states!);
  expect(kernelNames.includes(RECURRENCE)).toBe(!onGpu);
});
