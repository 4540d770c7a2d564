import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { CellError, lipschitzRNN, NotBuiltError } from '../src/index.js';
import { backends, useBackend } from './backends.js';

const built = (betaA: number) => {
  const layer = lipschitzRNN({ units: 4, betaA, gammaA: 0.1, initStd: 2, seed: 3 });
  layer.build([null, null, 2]);
  return layer;
};

describe.each(backends)('shiftA on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('takes by·I from A through M_A (1e-6), leaves W and the config as they are, and no tensor behind', () => {
    for (const betaA of [0, 0.5, 0.75]) {
      const layer = built(betaA);
      const before = layer.systemMatrices();
      const config = JSON.stringify(layer.getConfig());
      const tensors = tf.memory().numTensors;
      layer.cell.shiftA(1.25);
      expect(tf.memory().numTensors).toBe(tensors);
      const after = layer.systemMatrices();
      const moved = tf.sub(before.A, after.A).arraySync() as number[][];
      moved.forEach((row, i) => {
        row.forEach((x, j) => {
          expect(Math.abs(x - (i === j ? 1.25 : 0))).toBeLessThan(1e-6);
        });
      });
      expect([...after.W.dataSync()]).toEqual([...before.W.dataSync()]);
      expect(JSON.stringify(layer.getConfig())).toBe(config);
    }
  });

  test('refuses betaA = 1, what is not finite, and a layer without weights', () => {
    expect(() => built(1).cell.shiftA(1)).toThrow(/expected betaA below 1/);
    expect(() => built(0.5).cell.shiftA(Number.NaN)).toThrow(CellError);
    expect(() => lipschitzRNN({ units: 2 }).cell.shiftA(1)).toThrow(NotBuiltError);
  });
});
