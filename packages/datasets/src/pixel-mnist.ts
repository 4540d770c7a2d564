import {
  describe,
  readOptions,
  requireInteger,
  requireList,
  requireNumbers,
  requireObject,
  requireSeed,
} from './checks.js';
import { DatasetError } from './errors.js';
import { subset } from './gather.js';
import type { LabelledImages, Mnist } from './mnist.js';
import { type PermutationName, publishedPermutations } from './published-permutations.js';
import { identity, keyedGenerator, randomPermutation, shuffle } from './random.js';
import { type SequenceDataset, sequenceDataset, toPermutation } from './sequence-dataset.js';

/** The three parts: learn from `train`, choose by `validation`, report on `test`. */
export interface DatasetSplits {
  readonly train: SequenceDataset;
  readonly validation: SequenceDataset;
  readonly test: SequenceDataset;
}

/** The order in which the pixels of an image are read: row by row, as published, drawn from a seed, or your own. */
export type PixelOrder = 'ordered' | PermutationName | { readonly seed: number } | ArrayLike<number>;

/** What `pixelMnist` takes. */
export interface PixelMnistOptions {
  /** Pixels that enter at each step, a divisor of 784: 1 gives 784 steps, 28 the 28 rows. */
  pixelsPerStep?: number;
  /** Position t of the pixel sequence reads pixel `order[t]`. */
  order?: PixelOrder;
  /** What pixels 0 and 255 become. */
  range?: readonly [low: number, high: number];
  /** Training images that are set aside; 2,000 of MNIST's 60,000 as in the Lipschitz RNN's experiments. */
  validationSize?: number;
  /** Draws which images are set aside. */
  splitSeed?: number;
}

const pixels = 784;

/**
 * MNIST as sequences of pixels: 784 / pixelsPerStep steps of pixelsPerStep features, 10 classes. The training images
 * split at random into training and validation part; the test images are not touched.
 *
 * Ordered and permuted pixel-MNIST are from Le, Jaitly and Hinton 2015. Published codes disagree on the permutation
 * and on the pixel range (some feed 0 to 255): compare with the `order` and `range` of the paper in question.
 * The images are not copied; batches are expanded from bytes.
 *
 * @throws {DatasetError} if pixelsPerStep does not divide 784, the order is no permutation of the pixels, the range
 *   is not two different finite numbers, validationSize leaves no image to train on, or `mnist` is not what `loadMnist`
 *   and `readMnist` give.
 */
export function pixelMnist(mnist: Mnist, options?: PixelMnistOptions): DatasetSplits {
  const where = 'pixelMnist';
  const {
    pixelsPerStep = 1,
    order = 'ordered',
    range = [0, 1],
    validationSize = 2000,
    splitSeed = 0,
  } = readOptions(where, options, ['pixelsPerStep', 'order', 'range', 'validationSize', 'splitSeed']);
  requireObject(where, 'mnist', mnist);
  requireImages(where, 'mnist.train', mnist.train);
  requireImages(where, 'mnist.test', mnist.test);
  requirePixelsPerStep(where, pixelsPerStep);
  requireSeed(where, splitSeed, 'splitSeed');
  requireList(where, 'range', range);
  const [low, high] = Array.from(range) as [number, number];
  if (range.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high) || low === high) {
    throw new DatasetError(
      where,
      'range to be two different finite numbers',
      describe(range),
      'Use [0, 1], say',
    );
  }
  const { size } = mnist.train;
  requireInteger(where, 'validationSize', validationSize, 1);
  if (validationSize >= size) {
    throw new DatasetError(
      where,
      `validationSize to be below the ${size} training images`,
      `${validationSize}`,
      'Use a smaller validationSize',
    );
  }
  const permutation = pixelPermutation(where, order);
  const sequences = (name: string, { images, labels, size }: LabelledImages) =>
    sequenceDataset({
      name,
      inputs: images,
      shape: [size, pixels / pixelsPerStep, pixelsPerStep],
      scale: (high - low) / 255,
      offset: low,
      targets: labels,
      classes: 10,
      order: permutation,
    });
  const rows = shuffle(identity(size), keyedGenerator('split', splitSeed));
  const all = sequences('pixel-mnist', mnist.train);
  return {
    train: subset(all, rows.subarray(validationSize), 'pixel-mnist-train'),
    validation: subset(all, rows.subarray(0, validationSize), 'pixel-mnist-validation'),
    test: sequences('pixel-mnist-test', mnist.test),
  };
}

function requirePixelsPerStep(where: string, pixelsPerStep: number): void {
  const divisors = Array.from(identity(pixels), (i) => i + 1).filter((divisor) => pixels % divisor === 0);
  if (divisors.includes(pixelsPerStep)) return;
  throw new DatasetError(
    where,
    `pixelsPerStep to divide the ${pixels} pixels of an image`,
    describe(pixelsPerStep),
    `Use one of ${divisors.join(', ')}`,
  );
}

function requireImages(where: string, name: string, part: LabelledImages): void {
  const { images, labels, size } = requireObject(where, name, part);
  requireInteger(where, `${name}.size`, size, 1);
  if (
    images instanceof Uint8Array &&
    labels instanceof Uint8Array &&
    images.length === size * pixels &&
    labels.length === size
  ) {
    return;
  }
  throw new DatasetError(
    where,
    `${name} to have ${size} images of ${pixels} bytes and ${size} labels, as Uint8Array`,
    `images ${describe(images)} and labels ${describe(labels)}`,
    'Pass what loadMnist or readMnist gives',
  );
}

function pixelPermutation(where: string, order: PixelOrder): Int32Array | undefined {
  if (order === 'ordered') return undefined;
  if (typeof order === 'string') {
    const published = Object.hasOwn(publishedPermutations, order) ? publishedPermutations[order] : undefined;
    if (published !== undefined) return Int32Array.from(published.permutation);
    throw new DatasetError(
      where,
      `order to be "ordered", ${Object.keys(publishedPermutations).map(describe).join(', ')}, { seed } or a permutation`,
      describe(order),
      'Use one of these',
    );
  }
  if (typeof order === 'object' && order !== null && 'seed' in order) {
    requireSeed(where, order.seed, 'order.seed');
    return randomPermutation(pixels, order.seed);
  }
  requireNumbers(where, 'order', order);
  return toPermutation(where, order, pixels);
}
