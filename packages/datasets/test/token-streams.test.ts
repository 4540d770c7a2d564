import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatasetError, tokenStreams } from '../src/index.js';

const range = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

describe('tokenStreams', () => {
  it('lays contiguous streams side by side and keeps the last, shorter segment', () => {
    const streams = tokenStreams(range(12), { batchSize: 2, length: 2 });
    expect([streams.steps, streams.segments]).toEqual([5, 3]);
    expect(streams.segment(0)).toEqual({
      inputs: Int32Array.of(0, 1, 5, 6),
      targets: Int32Array.of(1, 2, 6, 7),
      shape: [2, 2],
    });
    expect(streams.segment(2)).toEqual({
      inputs: Int32Array.of(4, 9),
      targets: Int32Array.of(5, 10),
      shape: [2, 1],
    });
  });

  it('predicts every next token exactly once, in the order of each stream, and wraps nowhere', () => {
    const settings = fc.record({
      n: fc.integer({ min: 2, max: 200 }),
      batchSize: fc.integer({ min: 1, max: 7 }),
      length: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(
        settings.filter(({ n, batchSize }) => n > batchSize),
        ({ n, batchSize, length }) => {
          const streams = tokenStreams(range(n), { batchSize, length });
          const seen: number[][] = Array.from({ length: batchSize }, () => []);
          for (let index = 0; index < streams.segments; index++) {
            const { inputs, targets, shape } = streams.segment(index);
            expect(inputs).toHaveLength(shape[0] * shape[1]);
            for (const [i, input] of inputs.entries()) {
              expect(targets[i]).toBe(input + 1);
              seen[Math.floor(i / shape[1])]!.push(input);
            }
          }
          const predictions = batchSize * Math.floor((n - 1) / batchSize);
          expect(seen.flat()).toEqual([...range(predictions)]);
        },
      ),
    );
  });

  it('refuses a text that is too short, and settings out of range', () => {
    expect(() => tokenStreams(range(4), { batchSize: 4, length: 1 })).toThrow('at least 5 tokens');
    expect(() => tokenStreams([], { batchSize: 1, length: 1 })).toThrow(DatasetError);
    expect(() => tokenStreams(range(9), { batchSize: 0, length: 1 })).toThrow('batchSize');
    expect(() => tokenStreams(range(9), { batchSize: 1, length: 2.5 })).toThrow('length');
    const streams = tokenStreams(range(9), { batchSize: 2, length: 3 });
    expect(() => streams.segment(2)).toThrow('below the 2 segments');
    expect(() => streams.segment(-1)).toThrow(DatasetError);
  });
});
