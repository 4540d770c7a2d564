import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { unregisterFused } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

import { backends, type TestBackend, tfjsNode } from '../../../scripts/test-backends.js';

export { distance } from '../../../scripts/test-distance.js';
export { backends, tfjsNode };

/** Makes one backend current; the wasm binaries are taken from the installed package. */
export async function useBackend(name: TestBackend): Promise<void> {
  if (name === 'wasm') {
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(dirname(main) + sep);
    setThreadsCount(1);
  }
  // The reference: what runs when the device is a GPU, and so what the CPU has to stand in for.
  if (name === 'tensorflow') unregisterFused(name);
  await tf.setBackend(name);
  await tf.ready();
}
