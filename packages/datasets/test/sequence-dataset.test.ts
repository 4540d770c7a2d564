import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatasetError, gather, sequenceDataset, subset } from '../src/index.js';

const bytes = sequenceDataset({
  inputs: Uint8Array.from({ length: 24 }, (_, i) => i),
  shape: [3, 4, 2],
  targets: Uint8Array.of(0, 4, 1),
  classes: 5,
  scale: 0.5,
  offset: -1,
});

describe('gather', () => {
  it('expands the chosen rows to scale * stored + offset, in the order asked for', () => {
    const batch = gather(bytes, [2, 0]);
    expect(batch.inputShape).toEqual([2, 4, 2]);
    expect(Array.from(batch.inputs)).toEqual(
      [16, 17, 18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 6, 7].map((stored) => stored / 2 - 1),
    );
    expect(batch.targets).toEqual(Int32Array.of(1, 0));
    expect(batch.targetShape).toEqual([2]);
  });

  it('reads position p of a permuted example from stored position order[p]', () => {
    const order = [7, 6, 5, 4, 3, 2, 0, 1];
    const permuted = sequenceDataset({
      inputs: bytes.inputs,
      shape: [3, 4, 2],
      targets: bytes.targets,
      order,
    });
    expect(Array.from(gather(permuted, [1]).inputs)).toEqual(order.map((position) => 8 + position));
  });

  it('expands symbols to one-hot vectors', () => {
    const symbols = sequenceDataset({
      inputs: Uint8Array.of(0, 2, 1, 1),
      shape: [2, 2, 3],
      oneHot: true,
      targets: Float32Array.of(0.5, 1.5, 2.5, 3.5),
      targetShape: [2],
    });
    const batch = gather(symbols, [1, 0]);
    expect(Array.from(batch.inputs)).toEqual([0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
    expect(batch.targets).toEqual(Float32Array.of(2.5, 3.5, 0.5, 1.5));
    expect(batch.targetShape).toEqual([2, 2]);
  });

  it('gives tokens as they are stored, int32 [size, steps], and permutes them like other inputs', () => {
    const stored = {
      inputs: Uint8Array.of(0, 2, 1, 1),
      shape: [2, 2, 3],
      targets: Float32Array.of(0, 1),
      tokens: true,
    } as const;
    const batch = gather(sequenceDataset(stored), [1, 0]);
    expect([batch.inputs, batch.inputShape]).toEqual([Int32Array.of(1, 1, 0, 2), [2, 2]]);
    expect(gather(sequenceDataset({ ...stored, order: [1, 0] }), [0]).inputs).toEqual(Int32Array.of(2, 0));
    expect(() => sequenceDataset({ ...stored, oneHot: true })).toThrow('oneHot or tokens, got both');
    expect(() => sequenceDataset({ ...stored, shape: [2, 2, 2] })).toThrow('got 2 at place 1');
  });

  it('gives arrays that may be changed without changing the data', () => {
    gather(bytes, [0]).inputs.fill(9);
    expect(gather(bytes, [0]).inputs[0]).toBe(-1);
  });

  it.each([[[]], [[3]], [[-1]], [[0.5]], [[Number.NaN]]])('refuses the rows %j', (rows) => {
    expect(() => gather(bytes, rows)).toThrow(DatasetError);
    expect(() => subset(bytes, rows)).toThrow('each an integer from 0 to 2');
  });
});

describe('subset', () => {
  it('of a subset is the subset of the rows: gather(subset(d, a), b) = gather(d, a[b]), sharing the storage', () => {
    const rows = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rows, rows, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (first, second, picks) => {
        const once = subset(bytes, first);
        const inner = second.map((row) => row % first.length);
        const twice = subset(once, inner, 'twice');
        const rows = picks.map((pick) => pick % inner.length);
        expect(gather(twice, rows)).toEqual(
          gather(
            bytes,
            rows.map((row) => first[inner[row]!]!),
          ),
        );
        expect(twice.inputs).toBe(bytes.inputs);
        expect(twice.size).toBe(second.length);
      }),
    );
  });
});

describe('sequenceDataset', () => {
  const good = { inputs: new Float32Array(24), shape: [3, 4, 2] as const, targets: new Float32Array(3) };

  it.each([
    ['too few inputs', { inputs: new Float32Array(23) }, '24 numbers in inputs, got 23'],
    ['too many targets', { targets: new Float32Array(4) }, '3 numbers in targets, got 4'],
    ['targets of another shape', { targetShape: [4] }, '12 numbers in targets, got 3'],
    ['an empty shape', { shape: [0, 4, 2] as const }, 'size in shape to be an integer of at least 1, got 0'],
    [
      'a label out of range',
      { targets: Uint8Array.of(0, 5, 1), classes: 5 },
      'one of 0, ..., 4, got 5 at place 1',
    ],
    ['a fractional label', { targets: Float32Array.of(0, 0.5, 1), classes: 5 }, 'got 0.5 at place 1'],
    [
      'a NaN input',
      { inputs: new Float32Array(24).fill(Number.NaN, 7) },
      'inputs to be finite numbers, got NaN at place 7',
    ],
    ['an infinite target', { targets: Float32Array.of(0, 1, Infinity) }, 'got Infinity at place 2'],
    ['an infinite scale', { scale: Infinity }, 'scale and offset'],
    ['a short order', { order: [0, 1, 2] }, 'permutation of 0, ..., 7, got 3 values'],
    ['a repeated position', { order: [0, 1, 2, 3, 4, 5, 6, 6] }, 'got 6 a second time at place 7'],
    ['a position out of range', { order: [0, 1, 2, 3, 4, 5, 6, 8] }, 'got 8 at place 7'],
    ['a fractional position', { order: [0, 1, 2, 3, 4, 5, 6, 6.5] }, 'got 6.5 at place 7'],
    [
      'a symbol out of range',
      { inputs: new Float32Array(12).fill(2), oneHot: true },
      'one of 0, ..., 1, got 2',
    ],
  ])('refuses %s', (_, change, message) => {
    expect(() => sequenceDataset({ ...good, ...change })).toThrow(DatasetError);
    expect(() => sequenceDataset({ ...good, ...change })).toThrow(message);
  });
});
