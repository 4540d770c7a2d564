import { characterSequences } from '@hurwitz/datasets';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectBackend } from '../src/backend/select-backend.js';
import { defaultsOf } from '../src/config/defaults.js';
import type { Config } from '../src/config/schema.js';
import { readoutStage } from '../src/models/readout-stage.js';

beforeAll(async () => {
  await selectBackend('wasm', { warn: () => {} });
});

const units = 64;
const data = characterSequences('the mind is its own place, and in itself can make a heaven. '.repeat(40), {
  length: 20,
});

/** Kernel and bias of a fresh readout. */
function readout(changes: Partial<Config>): [Float32Array, Float32Array] {
  const config = { ...defaultsOf('char-rnn'), units, ...changes } as Config;
  const { model } = readoutStage(config, data, { returnSequences: true });
  const [kernel, bias] = model.layers.at(-1)!.getWeights();
  return [kernel!.dataSync() as Float32Array, bias!.dataSync() as Float32Array];
}

/** Largest magnitude, and mean of the squares. */
const spread = (values: Float32Array): { largest: number; square: number } => ({
  largest: Math.max(...values.map(Math.abs)),
  square: values.reduce((sum, value) => sum + value * value, 0) / values.length,
});

describe('the start of the readout', () => {
  it('linear: kernel and bias fill ±1/√units, variances 1/(3 units) to 4 standard errors', () => {
    const bound = 1 / Math.sqrt(units);
    for (const values of readout({ readoutInit: 'linear' })) {
      const { largest, square } = spread(values);
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.8 * bound);
      // The square of a uniform number has mean 1/3 and standard deviation √(4/45) of the bound's square.
      const error = Math.sqrt(4 / 45 / values.length);
      expect(Math.abs(square / bound ** 2 - 1 / 3)).toBeLessThan(4 * error);
    }
  });

  it('glorot: the bias is 0 and the kernel fills ±√(6 / (units + outputs))', () => {
    const [kernel, bias] = readout({ readoutInit: 'glorot' });
    const bound = Math.sqrt(6 / (units + bias.length));
    expect(bias.every((value) => value === 0)).toBe(true);
    expect(spread(kernel).largest / bound).toBeGreaterThan(0.98);
    expect(spread(kernel).largest / bound).toBeLessThanOrEqual(1);
  });

  it('is decided by the seed, and kernel and bias are draws of their own', () => {
    const [kernel, bias] = readout({ readoutInit: 'linear' });
    expect(readout({ readoutInit: 'linear' })).toEqual([kernel, bias]);
    expect(readout({ readoutInit: 'linear', seed: 7 })[0]).not.toEqual(kernel);
    expect(bias).not.toEqual(kernel.subarray(0, bias.length));
  });
});
