import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as main from '../src/index.js';
import * as node from '../src/node.js';

const { DatasetError } = main;
type Call = (...args: unknown[]) => unknown;

const images = { images: new Uint8Array(784 * 4), labels: new Uint8Array(4), size: 4 };
const dataset = main.sequenceDataset({
  inputs: new Float32Array(24),
  shape: [3, 4, 2],
  targets: Uint8Array.of(0, 4, 1),
  classes: 5,
});
const vocabulary = main.vocabularyOf('a b');
const idx = main.encodeIdx({ shape: [2], data: Uint8Array.of(1, 2) });
const clip = main.parseMotion(Array.from({ length: 60 }, (_, i) => `${i},1`).join('\n'));
const pendulum = { samples: 3, dt: 0.1, size: 2, maxAngle: 1, maxVelocity: 1, seed: 1, first: 0 };
const text = 'to be or not to be '.repeat(20);
let folder = '';

/** Arguments that every function accepts, options last, with every option that it has. */
const accepted: Record<string, () => unknown[]> = {
  addingProblem: () => [{ steps: 4, size: 2, seed: 1, first: 0 }],
  batches: () => [
    dataset,
    { batchSize: 2, seed: 1, shuffle: true, lastBatch: 'keep', epochs: 1, resume: { epoch: 0, batch: 0 } },
  ],
  streamBatches: () => [
    (range: { first: number; size: number }) => main.addingProblem({ steps: 4, ...range }),
    { batchSize: 2, resume: { batch: 0 } },
  ],
  characterSequences: () => [text, { name: 'n', length: 5, fractions: { train: 0.5, validation: 0.2 } }],
  copyMemory: () => [{ delay: 2, size: 2, length: 2, symbols: 3, seed: 1, first: 0 }],
  copyMemoryBaseline: () => [{ delay: 2, length: 2, symbols: 3 }],
  delayedXor: () => [{ delay: 1, steps: 5, size: 2, terms: 2, seed: 1, first: 0 }],
  simplePendulum: () => [{ length: 1, mass: 1, gravity: 9.81, damping: 0, ...pendulum }],
  simplePendulumEnergy: () => [[0.1, 0.2], { length: 1, mass: 1, gravity: 9.81, damping: 0 }],
  doublePendulum: () => [{ lengths: [1, 1], masses: [1, 1], gravity: 9.81, damping: [0, 0], ...pendulum }],
  doublePendulumEnergy: () => [
    [0, 0, 0, 0],
    { lengths: [1, 1], masses: [1, 1], gravity: 1, damping: [0, 0] },
  ],
  gather: () => [dataset, [0, 1]],
  subset: () => [dataset, [0, 1], 'name'],
  encodeIdx: () => [{ shape: [2], data: Uint8Array.of(1, 2) }],
  parseIdx: () => [idx, 'file'],
  readIdx: () => [idx, 'file', { maxBytes: 99 }],
  readMnist: () => [async () => idx, { maxBytes: 99 }],
  parseMotion: () => ['1,2', 'file'],
  motionSequences: () => [
    { train: [clip], test: [clip] },
    { steps: 3, stride: 3, downsampling: 1, validationFraction: 0.2, minimumDeviation: 1e-4 },
  ],
  pixelMnist: () => [
    { train: images, test: images },
    { pixelsPerStep: 28, order: { seed: 1 }, range: [0, 1], validationSize: 1, splitSeed: 1 },
  ],
  randomPermutation: () => [5, 1],
  readText: () => [new TextEncoder().encode('to be'), 'file', { maxBytes: 99 }],
  sequenceDataset: () => [
    {
      name: 'n',
      inputs: new Float32Array(24),
      shape: [3, 4, 2],
      targets: Uint8Array.of(0, 1, 2),
      targetShape: [],
      classes: 3,
      scale: 1,
      offset: 0,
      oneHot: false,
      tokens: false,
      order: [1, 0, 2, 3, 4, 5, 6, 7],
    },
  ],
  tokenStreams: () => [[1, 2, 3, 4, 5], { batchSize: 2, length: 1 }],
  forecasting: () => [main.simplePendulum(pendulum), { horizon: 1 }],
  vocabularyOf: () => ['a b', { leastCount: 1 }],
  encodeWords: () => ['a b', vocabulary, { unknown: 'a' }],
  decodeWords: () => [[0, 1], vocabulary],
  readWordCorpus: () => [
    async () => ({ file: 'f', bytes: new TextEncoder().encode('a b') }),
    { maxBytes: 99 },
  ],
  fetchDataset: () => [
    { name: 'n', mirrors: ['http://127.0.0.1:1/'], files: [] },
    {
      folder,
      onProgress: () => {},
      signal: new AbortController().signal,
      attempts: 1,
      retryDelay: 1,
      timeout: 100,
    },
  ],
  loadCmuMocap: () => [folder, { actions: ['walking'], maxBytes: 99 }],
  loadMnist: () => [folder, { maxBytes: 99 }],
  loadWarAndPeace: () => [folder, { maxBytes: 99 }],
  loadPTB: () => [folder, { maxBytes: 99 }],
  loadWikiText2: () => [folder, { maxBytes: 99 }],
};

const functions = Object.fromEntries(
  Object.entries({ ...main, ...node }).filter(
    ([, it]) => typeof it === 'function' && !/^class /.test(Function.prototype.toString.call(it)),
  ),
) as unknown as Record<string, Call>;

/** Values that no argument is, or that some are: then the function may answer. */
const hostile: [string, () => unknown][] = [
  ['null', () => null],
  ['nothing', () => undefined],
  ['{}', () => ({})],
  ['[]', () => []],
  ['[null]', () => [null]],
  ['[{}]', () => [{}]],
  ['[NaN, NaN, NaN]', () => [Number.NaN, Number.NaN, Number.NaN]],
  ['[1, 2]', () => [1, 2]],
  [
    'an object with wrong parts',
    () => ({ train: {}, test: null, size: -1, shape: {}, data: [], length: -1 }),
  ],
  ['an object without a prototype', () => Object.create(null)],
  ['a cycle', () => Object.assign([], { 0: [], self: [] })],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['-1', () => -1],
  ['0', () => 0],
  ['0.5', () => 0.5],
  ['2^53', () => 2 ** 53],
  ['a million million', () => 1e12],
  ['a numeral', () => '3'],
  ['an empty text', () => ''],
  ['a text with NUL', () => '\0'],
  ['true', () => true],
  ['a bigint', () => 3n],
  ['a symbol', () => Symbol('s')],
  ['a function', () => () => null],
  ['a function that throws a DatasetError only when asked', () => () => ({})],
  ['an empty Uint8Array', () => new Uint8Array()],
  ['a BigInt64Array', () => new BigInt64Array(3)],
  ['an ArrayBuffer', () => new ArrayBuffer(8)],
  ['a Map', () => new Map([['a', 1]])],
  ['a date', () => new Date(0)],
];

/** The error of a call, also of what it gives to iterate over, if it has one. */
async function errorOf(call: Call, args: unknown[]): Promise<unknown> {
  try {
    const result = await call(...args);
    if (typeof (result as { next?: unknown } | undefined)?.next === 'function') {
      (result as Iterator<unknown>).next();
    }
    return undefined;
  } catch (error) {
    return error;
  }
}

function expectTyped(error: unknown, what: string): void {
  if (error === undefined || error instanceof DatasetError) return;
  throw new Error(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
}

describe('every exported function', () => {
  const cwd = process.cwd();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hurwitz-arguments-'));
    process.chdir(folder); // fetchDataset makes a folder '3'
  });
  afterAll(() => {
    process.chdir(cwd);
    return rm(folder, { recursive: true });
  });

  it('is in the table below', () => {
    expect(Object.keys(functions).sort()).toEqual(Object.keys(accepted).sort());
  });

  it.each(Object.keys(accepted))(
    '%s answers, or throws a DatasetError, whatever it is given',
    async (name) => {
      const call = functions[name]!;
      const good = accepted[name]!();
      expectTyped(await errorOf(call, good), name);
      for (const [what, make] of hostile) {
        for (const place of good.keys()) {
          const args = [...good];
          args[place] = make();
          expectTyped(await errorOf(call, args), `${name}, argument ${place} ${what}`);
          const options = good[place] as Record<string, unknown>;
          if (typeof options !== 'object' || options === null || ArrayBuffer.isView(options)) continue;
          for (const key of Object.keys(options)) {
            args[place] = Array.isArray(options)
              ? options.map((each, i) => (String(i) === key ? make() : each))
              : { ...options, [key]: make() };
            expectTyped(await errorOf(call, args), `${name}, ${key} of argument ${place} ${what}`);
          }
        }
        expectTyped(await errorOf(call, []), `${name} without arguments`);
      }
    },
  );

  const withOptions = Object.entries(accepted).flatMap(([name, make]) => {
    const options = make().at(-1);
    const plain = typeof options === 'object' && Object.getPrototypeOf(options) === Object.prototype;
    return plain && !('words' in options!) && name !== 'encodeIdx' ? [name] : [];
  });
  it.each(withOptions)('%s refuses a misspelt option and names the one that was meant', async (name) => {
    const args = accepted[name]!();
    const options = args.at(-1) as Record<string, unknown>;
    for (const meant of Object.keys(options)) {
      const misspelt = `${meant}s`;
      const given = [...args.slice(0, -1), { ...options, [misspelt]: options[meant] }];
      const error = await errorOf(functions[name]!, given);
      expect(error, `${name} with ${misspelt}`).toBeInstanceOf(DatasetError);
      expect((error as Error).message).toContain(`got '${misspelt}'. Did you mean '${meant}'?`);
    }
  });

  it('pixelMnist says what is no MNIST', () => {
    expect(() => main.pixelMnist({} as main.Mnist)).toThrow(
      'pixelMnist: expected mnist.train to be an object, got undefined. Pass mnist.train as { ... }.',
    );
    expect(() => main.pixelMnist({ train: { ...images, size: 5 }, test: images })).toThrow(
      'mnist.train to have 5 images of 784 bytes and 5 labels, as Uint8Array',
    );
  });
});
