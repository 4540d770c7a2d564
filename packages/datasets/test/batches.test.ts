import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addingProblem,
  type BatchOptions,
  batches,
  DatasetError,
  sequenceDataset,
  streamBatches,
} from '../src/index.js';
import golden from './fixtures/random.json' with { type: 'json' };

const numbered = (size: number) =>
  sequenceDataset({
    inputs: Float32Array.from({ length: size }, (_, i) => i),
    shape: [size, 1, 1],
    targets: Float32Array.from({ length: size }, (_, i) => i + 100),
  });

const settings = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  batchSize: fc.integer({ min: 1, max: 70 }),
  seed: fc.maxSafeInteger(),
  shuffle: fc.boolean(),
  lastBatch: fc.constantFrom('keep' as const, 'drop' as const),
});
const usable = settings.filter(({ size, batchSize, lastBatch }) => lastBatch === 'keep' || batchSize <= size);

describe('batches', () => {
  it('shuffles an epoch exactly as an independent implementation does', () => {
    const rows = [...batches(numbered(9), { batchSize: 9, seed: 5, epochs: 3 })].map((batch) =>
      Array.from(batch.rows),
    );
    expect(rows).toEqual(golden.epochs.map(({ order }) => order));
  });

  it('visits every example once an epoch, or all but the last partial batch', () => {
    fc.assert(
      fc.property(usable, fc.integer({ min: 1, max: 3 }), ({ size, ...options }, epochs) => {
        const all = [...batches(numbered(size), { ...options, epochs })];
        for (let epoch = 0; epoch < epochs; epoch++) {
          const these = all.filter((batch) => batch.epoch === epoch);
          const rows = these.flatMap((batch) => Array.from(batch.rows));
          const dropped = options.lastBatch === 'drop' ? size % options.batchSize : 0;
          expect(rows.length).toBe(size - dropped);
          expect(new Set(rows).size).toBe(rows.length);
          expect(these.map(({ batch }) => batch)).toEqual(these.map((_, i) => i));
          expect(these.slice(0, -1).every((batch) => batch.rows.length === options.batchSize)).toBe(true);
          if (!options.shuffle) expect(rows).toEqual([...rows].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('carries the inputs and targets of its rows', () => {
    for (const { rows, inputs, targets } of batches(numbered(23), { batchSize: 5, epochs: 2 })) {
      expect(Array.from(inputs)).toEqual(Array.from(rows));
      expect(Array.from(targets)).toEqual(Array.from(rows, (row) => row + 100));
    }
  });

  it('resumed anywhere, from the state through JSON or from {epoch, batch} alone, goes on with the same batches', () => {
    fc.assert(
      fc.property(usable, fc.nat({ max: 150 }), fc.boolean(), ({ size, ...options }, before, whole) => {
        const data = numbered(size);
        const uninterrupted = batches(data, options);
        for (let i = 0; i < before; i++) uninterrupted.next();
        const state = JSON.parse(JSON.stringify(uninterrupted.state()));
        const resume = whole ? state : { epoch: state.epoch, batch: state.batch };
        const resumed = batches(data, { ...options, resume });
        for (let i = 0; i < 5; i++) expect(resumed.next()).toEqual(uninterrupted.next());
        expect(resumed.state()).toEqual(uninterrupted.state());
      }),
    );
  });

  it('gives another order in every epoch and for every seed', () => {
    const order = (seed: number, epoch: number) =>
      batches(numbered(50), { batchSize: 50, seed, resume: { epoch, batch: 0 } })
        .next()
        .value.rows.join();
    expect(new Set([order(0, 0), order(0, 1), order(1, 0), order(-1, 0), order(2 ** 40, 0)]).size).toBe(5);
  });

  it('counts its epochs from epoch 0 also when resumed, and ends', () => {
    const options = { batchSize: 4, epochs: 2 };
    expect([...batches(numbered(10), { ...options, resume: { epoch: 1, batch: 2 } })].length).toBe(1);
    expect([...batches(numbered(10), { ...options, resume: { epoch: 2, batch: 0 } })].length).toBe(0);
    expect(batches(numbered(10), options).batchesPerEpoch).toBe(3);
  });

  const state = batches(numbered(10), { batchSize: 4, seed: 3 }).state();
  it.each<[string, BatchOptions, string]>([
    ['a batchSize of 0', { batchSize: 0 }, 'batchSize to be an integer of at least 1, got 0'],
    ['a NaN batchSize', { batchSize: Number.NaN }, 'got NaN'],
    ['a fractional seed', { batchSize: 4, seed: 0.5 }, 'seed to be an integer'],
    ['negative epochs', { batchSize: 4, epochs: -1 }, 'epochs to be an integer of at least 0'],
    ['an epoch without a full batch', { batchSize: 11, lastBatch: 'drop' }, 'at most 10'],
    ['an unknown lastBatch', { batchSize: 4, lastBatch: 'pad' as 'keep' }, '"keep", "drop", got "pad"'],
    ['a batch beyond the epoch', { batchSize: 4, resume: { epoch: 0, batch: 3 } }, 'below the 3 batches'],
    ['a negative epoch', { batchSize: 4, resume: { epoch: -1, batch: 0 } }, 'resume.epoch'],
    [
      'a state of another seed',
      { batchSize: 4, seed: 4, resume: state },
      'to have seed 4, as given now, got 3',
    ],
    ['a state of another batch size', { batchSize: 5, seed: 3, resume: state }, 'batchSize 5'],
    ['a state of another data set', { batchSize: 4, seed: 3, resume: { ...state, size: 11 } }, 'size 10'],
    [
      'a state of unshuffled batches',
      { batchSize: 4, seed: 3, shuffle: false, resume: state },
      'shuffle false',
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => batches(numbered(10), options)).toThrow(DatasetError);
    expect(() => batches(numbered(10), options)).toThrow(message);
  });
});

describe('streamBatches', () => {
  const problem = (range: { first: number; size: number }) => addingProblem({ steps: 6, seed: 2, ...range });

  it('gives the examples of the finite set one after another, for every batch size', () => {
    const finite = addingProblem({ steps: 6, seed: 2, size: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (batchSize) => {
        const stream = streamBatches(problem, { batchSize });
        for (const first of [0, batchSize]) {
          const batch = stream.next().value;
          expect(batch.first).toBe(first);
          expect(batch.inputs).toEqual(finite.inputs.slice(first * 12, (first + batchSize) * 12));
          expect(batch.targets).toEqual(finite.targets.slice(first, first + batchSize));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('resumes at a batch number without replaying the ones before, however far', () => {
    const stream = streamBatches(problem, { batchSize: 7, resume: { batch: 1e9 } });
    stream.next();
    const resumed = streamBatches(problem, {
      batchSize: 7,
      resume: JSON.parse(JSON.stringify(stream.state())),
    });
    expect(resumed.next()).toEqual(stream.next());
    expect(stream.state()).toEqual({ batch: 1e9 + 2, batchSize: 7 });
  });

  it('refuses a batch size of 0, a negative position and a state of another batch size', () => {
    expect(() => streamBatches(problem, { batchSize: 0 })).toThrow(DatasetError);
    expect(() => streamBatches(problem, { batchSize: 1, resume: { batch: -1 } })).toThrow('resume.batch');
    expect(() => streamBatches(problem, { batchSize: 1, resume: { batch: 0, batchSize: 2 } })).toThrow(
      'batchSize 1',
    );
  });
});
