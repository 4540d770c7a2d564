import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
// Registers the gradients of tfjs's own operations, as the union package does.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe } from 'vitest';
import { backends } from '../../../scripts/test-backends.js';

/** One suite for every backend that the workspace tests on. */
export function describeOnBackends(title: string, body: () => void): void {
  describe.each(backends)(`${title} [%s]`, (backend) => {
    beforeAll(async () => {
      if (!(await tf.setBackend(backend))) throw new Error(`backend ${backend} did not start`);
    });
    body();
  });
}

export { backends, tf };
