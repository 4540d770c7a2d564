import { NotInImageError } from '@hurwitz/parameterisations';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { lipschitzRNN, NotBuiltError } from '../src/index.js';
import { backends, useBackend } from './backends.js';

const built = (beta: number) => {
  const layer = lipschitzRNN({ units: 2, betaA: beta, gammaA: 0.1, betaW: 0.6, gammaW: 0.2, seed: 3 });
  layer.build([null, null, 2]);
  return layer;
};
const A = [
  [-1, 0.5],
  [0.5, -2],
];
const W = [
  [0.3, -0.7],
  [0.2, 0.4],
];

describe.each(backends)('setSystemMatrices on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('is what systemMatrices gives back (1e-6); config and other weights stay, and no tensor is left', () => {
    for (const beta of [0, 0.5, 0.75]) {
      const layer = built(beta);
      const config = JSON.stringify(layer.getConfig());
      const others = () => [0, 3].map((i) => [...layer.getWeights()[i]!.dataSync()]);
      const before = others();
      const tensors = tf.memory().numTensors;
      layer.cell.setSystemMatrices({ A, W });
      expect(tf.memory().numTensors).toBe(tensors);
      const after = layer.systemMatrices();
      for (const [matrix, expected] of [
        [after.A, A],
        [after.W, W],
      ] as const) {
        [...matrix.dataSync()].forEach((x, i) => {
          expect(Math.abs(x - expected.flat()[i]!)).toBeLessThan(1e-6);
        });
      }
      expect(others()).toEqual(before);
      expect(JSON.stringify(layer.getConfig())).toBe(config);
    }
  });

  test('refuses what the family does not hold, and changes nothing then; and a layer without weights', () => {
    const layer = built(1);
    const before = [...layer.getWeights()[2]!.dataSync()];
    expect(() => layer.cell.setSystemMatrices({ A, W })).toThrow(NotInImageError);
    expect([...layer.getWeights()[2]!.dataSync()]).toEqual(before);
    expect(() => lipschitzRNN({ units: 2 }).cell.setSystemMatrices({ A, W })).toThrow(NotBuiltError);
  });
});
