import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batches,
  DataFileError,
  DatasetError,
  encodeIdx,
  gather,
  type Mnist,
  mnistFiles,
  type PixelMnistOptions,
  pixelMnist,
  publishedPermutations,
  randomPermutation,
  readMnist,
} from '../src/index.js';
import { loadMnist } from '../src/node.js';

/** Image i, pixel p of a made-up data set: every value occurs, no two images are alike. */
const pixel = (i: number, p: number) => (i * 37 + p * 11 + (p >> 5) * i) % 256;
const images = (size: number, offset: number) =>
  encodeIdx({
    shape: [size, 28, 28],
    data: Uint8Array.from({ length: size * 784 }, (_, j) => pixel(offset + Math.floor(j / 784), j % 784)),
  });
const labels = (size: number) =>
  encodeIdx({ shape: [size], data: Uint8Array.from({ length: size }, (_, i) => (i * 7) % 10) });

const files: Record<string, Uint8Array> = {
  'train-images-idx3-ubyte': images(30, 0),
  'train-labels-idx1-ubyte': labels(30),
  't10k-images-idx3-ubyte': images(8, 100),
  't10k-labels-idx1-ubyte': labels(8),
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hurwitz-mnist-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Writes a folder with these files instead of the good ones; undefined leaves one out. */
async function folderWith(change: Record<string, Uint8Array | undefined> = {}): Promise<string> {
  const folder = await mkdtemp(join(root, 'data-'));
  for (const [name, bytes] of Object.entries({ ...files, ...change })) {
    if (bytes !== undefined) await writeFile(join(folder, name), bytes);
  }
  return folder;
}

describe('loadMnist', () => {
  it('reads plain files, gzip files and the spelling with a dot alike', async () => {
    const plain = await loadMnist(await folderWith());
    const other: Record<string, Uint8Array | undefined> = {};
    for (const name of mnistFiles) {
      other[name] = undefined;
      other[name.startsWith('train') ? `${name}.gz` : `${name.replace('-idx', '.idx')}.gz`] = gzipSync(
        files[name]!,
      );
    }
    const packed = await loadMnist(await folderWith(other));
    expect(packed).toEqual(plain);
    expect(plain.train.size).toBe(30);
    expect(plain.test.images[784 + 3]).toBe(pixel(101, 3));
    expect(Array.from(plain.test.labels)).toEqual([0, 7, 4, 1, 8, 5, 2, 9]);
  });

  it('names the folder and every missing file, and says how to get them', async () => {
    const folder = await folderWith({
      't10k-images-idx3-ubyte': undefined,
      'train-labels-idx1-ubyte': undefined,
    });
    const error = await loadMnist(folder).catch((caught) => caught);
    expect(error).toBeInstanceOf(DataFileError);
    expect(error.file).toBe(folder);
    expect(error.message).toContain('got no train-labels-idx1-ubyte, no t10k-images-idx3-ubyte.');
    expect(error.message).toContain("fetchDataset('mnist', { folder })");
    await expect(loadMnist(join(folder, 'nowhere'))).rejects.toThrow('got ENOENT');
    await expect(loadMnist(join(folder, 'train-images-idx3-ubyte'))).rejects.toThrow('got ENOTDIR');
  });

  const bytes = (size: number) => new Uint8Array(size);
  it.each([
    [
      'a truncated file',
      'train-images-idx3-ubyte',
      files['train-images-idx3-ubyte']!.subarray(0, 5000),
      '(truncated)',
    ],
    [
      'a truncated gzip file',
      't10k-images-idx3-ubyte',
      gzipSync(files['t10k-images-idx3-ubyte']!).subarray(0, 99),
      'a complete gzip file',
    ],
    ['a file that is no IDX', 'train-labels-idx1-ubyte', new TextEncoder().encode('<html>'), 'an IDX header'],
    [
      'images of another size',
      't10k-images-idx3-ubyte',
      encodeIdx({ shape: [8, 32, 32], data: bytes(8192) }),
      'shape [n, 28, 28], got Uint8Array of shape [8, 32, 32]',
    ],
    [
      'images of another type',
      't10k-images-idx3-ubyte',
      encodeIdx({ shape: [1, 28, 28], data: new Float32Array(784) }),
      'got Float32Array',
    ],
    [
      'no image',
      't10k-images-idx3-ubyte',
      encodeIdx({ shape: [0, 28, 28], data: bytes(0) }),
      'got Uint8Array of shape [0, 28, 28]',
    ],
    [
      'labels instead of images',
      'train-images-idx3-ubyte',
      files['train-labels-idx1-ubyte'],
      'got Uint8Array of shape [30]',
    ],
    [
      'fewer labels than images',
      'train-labels-idx1-ubyte',
      labels(29),
      'shape [30], one label for each image, got Uint8Array of shape [29]',
    ],
    [
      'a label out of range',
      't10k-labels-idx1-ubyte',
      encodeIdx({ shape: [8], data: Uint8Array.of(0, 1, 2, 10, 4, 5, 6, 7) }),
      'labels 0 to 9, got 10 for image 3',
    ],
  ])('refuses %s and names its path', async (_, name, content, message) => {
    const folder = await folderWith({ [name]: content });
    const error = await loadMnist(folder).catch((caught) => caught);
    expect(error).toBeInstanceOf(DataFileError);
    expect(error.file).toBe(join(folder, name));
    expect(error.message).toContain(`${join(folder, name)}: expected `);
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/again\.$/);
  });
});

describe('pixelMnist', () => {
  let mnist: Mnist;
  beforeAll(async () => {
    mnist = await readMnist(async (name) => files[name]!);
  });
  const split = (options: PixelMnistOptions = {}) => pixelMnist(mnist, { validationSize: 5, ...options });

  it('sets a seeded part of the training images aside and leaves the test images alone', () => {
    const { train, validation, test } = split();
    expect([train.size, validation.size, test.size]).toEqual([25, 5, 8]);
    expect([...train.rows!, ...validation.rows!].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    );
    expect(split().validation.rows).toEqual(validation.rows);
    expect(split({ splitSeed: 1 }).validation.rows).not.toEqual(validation.rows);
    expect(test.inputs).toBe(mnist.test.images);
    expect(train.inputs).toBe(mnist.train.images);
    expect(gather(test, [5]).targets).toEqual(Int32Array.of(5));
  });

  it.each([1, 2, 28, 49, 784])(
    'with %i pixels per step reads the image row by row, scaled to [0, 1]',
    (pixelsPerStep) => {
      const { train } = split({ pixelsPerStep });
      const batch = gather(train, [3, 0]);
      expect(batch.inputShape).toEqual([2, 784 / pixelsPerStep, pixelsPerStep]);
      const image = train.rows![3]!;
      const expected = Float32Array.from({ length: 784 }, (_, p) => pixel(image, p) / 255);
      expect(batch.inputs.slice(0, 784)).toEqual(expected);
      expect(batch.targets[0]).toBe((image * 7) % 10);
    },
  );

  it('reads position t from pixel p[t], for published, seeded and own permutations', () => {
    const own = Array.from({ length: 784 }, (_, t) => 783 - t);
    const cases: [PixelMnistOptions['order'], ArrayLike<number>][] = [
      ['lipschitz-12008', publishedPermutations['lipschitz-12008'].permutation],
      ['urnn-92916', publishedPermutations['urnn-92916'].permutation],
      [{ seed: 9 }, randomPermutation(784, 9)],
      [own, own],
    ];
    for (const [order, permutation] of cases) {
      const { inputs } = gather(split({ order, range: [0, 255] }).test, [2]);
      expect(Array.from(inputs)).toEqual(Array.from(permutation, (p) => pixel(102, p)));
    }
  });

  it('maps pixels 0 and 255 to the ends of the range', () => {
    const { inputs } = gather(split({ range: [-1, 1] }).test, [0]);
    expect(Array.from(inputs)).toEqual(
      Array.from({ length: 784 }, (_, p) => Math.fround((pixel(100, p) * 2) / 255 - 1)),
    );
  });

  it.each<[string, PixelMnistOptions, string]>([
    [
      '5 pixels per step',
      { pixelsPerStep: 5 },
      'Use one of 1, 2, 4, 7, 8, 14, 16, 28, 49, 56, 98, 112, 196, 392, 784.',
    ],
    ['0 pixels per step', { pixelsPerStep: 0 }, 'pixelsPerStep to divide the 784 pixels of an image, got 0'],
    [
      'an unknown permutation',
      { order: 'lipschitz' as 'ordered' },
      '"lipschitz-12008", "unicornn-5544", "urnn-92916"',
    ],
    ['the name of a built-in property', { order: 'toString' as 'ordered' }, 'got "toString"'],
    ['a permutation of other length', { order: [0, 1] }, 'a permutation of 0, ..., 783'],
    ['a fractional order seed', { order: { seed: 0.5 } }, 'order.seed'],
    ['an empty range', { range: [1, 1] }, 'two different finite numbers, got [1, 1]'],
    ['a NaN range', { range: [0, Number.NaN] }, 'two different finite numbers'],
    ['a validation part of everything', { validationSize: 30 }, 'below the 30 training images'],
    ['no validation part', { validationSize: 0 }, 'validationSize to be an integer of at least 1'],
    ['a fractional split seed', { splitSeed: 0.1 }, 'splitSeed'],
  ])('refuses %s', (_, options, message) => {
    expect(() => split(options)).toThrow(DatasetError);
    expect(() => split(options)).toThrow(message);
  });
});

const dataFolder = process.env['HURWITZ_DATA_DIR'];
describe.skipIf(dataFolder === undefined)(
  'the real MNIST (skipped unless HURWITZ_DATA_DIR names its folder)',
  () => {
    it('has 58,000 + 2,000 + 10,000 images, mean pixel 0.1307, and gives an epoch of batches', async () => {
      const mnist = await loadMnist(dataFolder!);
      const { train, validation, test } = pixelMnist(mnist, { pixelsPerStep: 28 });
      expect([train.size, validation.size, test.size]).toEqual([58_000, 2_000, 10_000]);
      expect(mnist.train.images.reduce((sum, value) => sum + value, 0) / 60_000 / 784 / 255).toBeCloseTo(
        0.1307,
        4,
      );
      let seen = 0;
      for (const { rows } of batches(train, { batchSize: 128, epochs: 1 })) seen += rows.length;
      expect(seen).toBe(58_000);
    });
  },
);
