import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { antisymmetric, cayley, contractive, exponential, kronecker, symmetricSkew } from '../src/index.js';
import { backends } from './backends.js';

const samplers: [string, (seed?: number) => tf.Tensor][] = [
  ['symmetricSkew', (seed) => symmetricSkew.sample({ units: 6, seed })],
  ['antisymmetric', (seed) => antisymmetric.sample({ units: 6, seed })],
  ['cayley', (seed) => cayley.sample({ units: 6, seed })],
  ['exponential, henaff', (seed) => exponential.sample({ units: 6, initialisation: 'henaff', seed })],
  ['contractive', (seed) => contractive.sample({ units: 6, seed })],
  ['kronecker', (seed) => kronecker.sample({ shapes: [[3, 3]], seed })[0]!],
];

describe('seeds', () => {
  it.each(samplers)(
    '%s: a seed, 0 included, gives the same numbers on every backend, and no two seeds the same',
    async (_, sample) => {
      const drawn = [];
      for (const backend of backends) {
        await tf.setBackend(backend);
        drawn.push([0, 1, -3].map((seed) => Array.from(sample(seed).dataSync())));
      }
      for (const numbers of drawn) expect(numbers).toEqual(drawn[0]);
      const [zero, one, negative] = drawn[0]!;
      expect(zero).not.toEqual(one);
      expect(one).not.toEqual(negative);
      expect(Array.from(sample().dataSync())).not.toEqual(Array.from(sample().dataSync()));
    },
  );

  it('pins the numbers of a seed, so that another platform or release shows a change', async () => {
    await tf.setBackend('cpu');
    expect(Array.from(antisymmetric.sample({ units: 3, seed: 42 }).dataSync())).toEqual([
      0.5872272253036499, 0.6333398222923279, 0.48762771487236023,
    ]);
    expect(Array.from(cayley.sample({ units: 3, seed: 42 }).dataSync())).toEqual([
      -0.028961312025785446, 0, 0,
    ]);
  });
});

describe('distributions, 128 units', () => {
  const moments = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x);
    return { mean: mean.dataSync()[0]!, std: Math.sqrt(variance.dataSync()[0]!) };
  };

  it('Lipschitz RNN: standard deviation initStd / units, within 2%', () => {
    const { mean, std } = moments(symmetricSkew.sample({ units: 128, initStd: 0.1, seed: 1 }));
    expect(std / (0.1 / 128)).toBeCloseTo(1, 1.7);
    expect(Math.abs(mean)).toBeLessThan(4 * (0.1 / 128 / 128));
  });

  it('AntisymmetricRNN: variance sigma² / units, within 2%', () => {
    const { mean, std } = moments(antisymmetric.sample({ units: 128, sigma: 4, seed: 1 }));
    expect(Math.abs(std / (4 / Math.sqrt(128)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean)).toBeLessThan(4 * (std / 90));
  });

  it.each(['cayley', 'henaff'] as const)(
    '%s: one number per 2 by 2 block on the diagonal, in its range, an odd unit alone',
    (initialisation) => {
      const units = 129;
      const A = antisymmetric(exponential.sample({ units, initialisation, seed: 2 }), { units }).arraySync();
      const blocks = Array.from({ length: 64 }, (_, i) => A[2 * i]![2 * i + 1]!);
      for (const [i, row] of A.entries()) {
        for (const [j, entry] of row.entries()) {
          const inBlock = Math.floor(i / 2) === Math.floor(j / 2) && i !== j;
          if (!inBlock) expect(Math.abs(entry)).toBe(0);
        }
      }
      const [low, high] = initialisation === 'cayley' ? [-1, 0] : [-Math.PI, Math.PI];
      expect(Math.min(...blocks)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...blocks)).toBeLessThanOrEqual(high);
      // They spread over the range: each quarter is met.
      const quarters = new Set(blocks.map((x) => Math.min(3, Math.floor((4 * (x - low)) / (high - low)))));
      expect(quarters.size).toBe(4);
    },
  );

  it('scoRNN: the last signs are -1', () => {
    expect(cayley.signs({ units: 5, negatives: 2 })).toEqual([1, 1, 1, -1, -1]);
    expect(cayley.signs({ units: 170, negatives: 17 }).filter((s) => s === -1)).toHaveLength(17);
  });
});

describe('parameter counts', () => {
  it('are those of the papers at 128, 170 and 512 units', () => {
    expect(symmetricSkew.parameterCount({ units: 128 })).toBe(16384);
    expect(antisymmetric.parameterCount({ units: 128 })).toBe(8128);
    expect(cayley.parameterCount({ units: 170 })).toBe(14365);
    expect(exponential.parameterCount({ units: 170 })).toBe(14365);
    expect(contractive.parameterCount({ units: 4 })).toBe(16);
    expect(kronecker.parameterCount({ shapes: new Array(9).fill([2, 2]) })).toBe(36);
  });
});
