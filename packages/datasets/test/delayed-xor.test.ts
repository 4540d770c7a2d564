import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatasetError, delayedXor, gather } from '../src/index.js';

describe('delayedXor', () => {
  it('answers every step from 2 d on with the XOR of the bits d and 2 d before it', () => {
    const [size, steps, delay] = [3, 40, 7];
    const { inputs, targets, targetShape, classes, inputDim } = delayedXor({ delay, steps, size, seed: 4 });
    expect([targetShape, classes, inputDim]).toEqual([[26], 2, 1]);
    for (let k = 0; k < size; k++) {
      for (let t = 2 * delay; t < steps; t++) {
        const [near, far] = [inputs[k * steps + t - delay]!, inputs[k * steps + t - 2 * delay]!];
        expect(targets[k * 26 + t - 2 * delay]).toBe(near === far ? 0 : 1);
      }
    }
  });

  it('with one term is the copy, with more the parity, for any sizes', () => {
    const sizes = fc.record({
      delay: fc.integer({ min: 1, max: 6 }),
      terms: fc.integer({ min: 1, max: 4 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(sizes, ({ delay, terms, seed }) => {
        const steps = delay * terms + 5;
        const { inputs, targets } = delayedXor({ delay, terms, steps, size: 1, seed });
        const bits = Array.from(inputs);
        for (let t = delay * terms; t < steps; t++) {
          const seen = Array.from({ length: terms }, (_, i) => bits[t - (i + 1) * delay]!);
          expect(targets[t - delay * terms]).toBe(seen.reduce((sum, bit) => sum + bit, 0) % 2);
        }
      }),
    );
  });

  it('draws fair bits and fair answers (40,000 each, within 5 standard errors = 0.0125 of 1/2)', () => {
    const { inputs, targets } = delayedXor({ delay: 1, steps: 402, size: 100, seed: 2 });
    for (const bits of [inputs, targets]) {
      const mean = (bits as Uint8Array).reduce((sum, bit) => sum + bit, 0) / bits.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.0125);
    }
  });

  it('gives an example by its number, in any batch, as inputs [b, steps, 1] of 0 and 1 and labels [b, steps - 2 d]', () => {
    const all = delayedXor({ delay: 3, steps: 10, size: 4, seed: 1 });
    const { inputs, inputShape, targets, targetShape } = gather(all, [2]);
    expect([inputShape, targetShape]).toEqual([
      [1, 10, 1],
      [1, 4],
    ]);
    expect(targets).toBeInstanceOf(Int32Array);
    expect(gather(delayedXor({ delay: 3, steps: 10, size: 1, seed: 1, first: 2 }), [0]).inputs).toEqual(
      inputs,
    );
  });

  it('refuses sequences without an answer and numbers that are no integers', () => {
    expect(() => delayedXor({ delay: 5, steps: 10, size: 1 })).toThrow(
      'more than 10 steps (delay * terms), got 10',
    );
    expect(() => delayedXor({ delay: 0, steps: 10, size: 1 })).toThrow(DatasetError);
    expect(() => delayedXor({ delay: 1, steps: 10, size: 1, terms: 0.5 })).toThrow('terms to be an integer');
    expect(() => delayedXor({ delay: 1, steps: 10, size: 1, seed: Number.NaN })).toThrow('seed');
  });
});
