import { afterEach, expect, test, vi } from 'vitest';
import { loadAnew, withoutWebAssembly } from '../../../scripts/kernel-hosts.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('without WebAssembly the reference runs', async () => {
  loadAnew();
  withoutWebAssembly();
  const { capabilities, recurrence } = await import('../src/index.js');
  expect(capabilities()).toMatchObject({ simd: false, relaxedSimd: false, threads: 1 });
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  const spec = {
    kernel: tf.ones([1, 1]) as never,
    W: tf.zeros([1, 1]) as never,
    activation: 'linear' as const,
  };
  expect([...recurrence(tf.ones([1, 3, 1]), spec).states!.dataSync()]).toEqual([1, 2, 3]);
});
