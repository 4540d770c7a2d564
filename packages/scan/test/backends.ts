import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients of tfjs's own operations, as the union package does.
import '@tensorflow/tfjs-layers';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { backends, type TestBackend } from '../../../scripts/test-backends.js';
import { unregisterFused } from '../src/index.js';

export { distance } from '../../../scripts/test-distance.js';
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
