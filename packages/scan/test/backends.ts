import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients of tfjs's own operations, as the union package does.
import '@tensorflow/tfjs-layers';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { backends, type TestBackend } from '../../../scripts/test-backends.js';
import { unregisterFused } from '../src/index.js';

export { backends };

/** Makes one backend current, with the reference on it (`registerFused` comes after); the wasm binaries are taken from the installed package. */
export async function useBackend(name: TestBackend): Promise<void> {
  if (name === 'wasm') {
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(main) + sep);
    setThreadsCount(1);
  }
  unregisterFused(name);
  await tf.setBackend(name);
  await tf.ready();
}

/** The largest absolute difference between a tensor and nested numbers. */
export function distance(actual: tf.Tensor, expected: unknown): number {
  const want = (expected as number[]).flat(9) as number[];
  const got = actual.dataSync();
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [i, value] of want.entries()) {
    const gap = Math.abs(got[i]! - value);
    worst = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(worst, gap);
  }
  return worst;
}
