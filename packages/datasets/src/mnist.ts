import { requireBytes, requireFunction } from './checks.js';
import { DataFileError } from './errors.js';
import type { NamedBytes, UnpackOptions } from './gzip.js';
import { type IdxArray, readIdx } from './idx.js';

/** Images of one size with their labels, as stored: bytes. */
export interface LabelledImages {
  /** size x 784 pixels from 0 (background) to 255, row by row. */
  readonly images: Uint8Array;
  /** size labels 0, ..., 9 */
  readonly labels: Uint8Array;
  readonly size: number;
}

/** MNIST, or a data set of the same form such as Fashion-MNIST. */
export interface Mnist {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** The names of the four files, without the `.gz` of a packed one. */
export const mnistFiles = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;

/** One of `mnistFiles`. */
export type MnistFile = (typeof mnistFiles)[number];

const damaged = 'The file is damaged or of another data set: download it again';

/**
 * Reads MNIST from the bytes of its four IDX files, plain or gzip. Pixels stay bytes: 47 MB for the training images.
 * In Node, `loadMnist(folder)` of `@hurwitz/datasets/node` reads the files too.
 *
 * @example
 * const mnist = await readMnist(async (name) => new Uint8Array(await (await fetch(`/mnist/${name}.gz`)).arrayBuffer()));
 *
 * @param read - Gives the bytes of the file of that name.
 * @throws {DataFileError} if a file is no IDX file of bytes or is truncated, images are not 28 x 28, a label is
 *   above 9, there are not as many labels as images, or a file unpacks to more than `maxBytes`.
 * @throws {DatasetError} if `read` is no function or gives something other than bytes.
 */
export async function readMnist(
  read: (name: MnistFile) => Promise<Uint8Array>,
  options?: UnpackOptions,
): Promise<Mnist> {
  requireFunction('readMnist', 'read', read);
  return assembleMnist(async (name) => {
    const bytes = await read(name);
    requireBytes('readMnist', `what read gives for ${name}`, bytes);
    return { file: name, bytes };
  }, options);
}

/** `readMnist` for files that messages call by another name, such as their path. */
export async function assembleMnist(
  read: (name: MnistFile) => Promise<NamedBytes>,
  options?: UnpackOptions,
): Promise<Mnist> {
  const open = async (name: MnistFile): Promise<NamedIdx> => {
    const { file, bytes } = await read(name);
    return { file, ...(await readIdx(bytes, file, options)) };
  };
  const [trainImages, trainLabels, testImages, testLabels] = mnistFiles;
  return {
    train: labelledImages(await open(trainImages), await open(trainLabels)),
    test: labelledImages(await open(testImages), await open(testLabels)),
  };
}

type NamedIdx = IdxArray & { readonly file: string };

function labelledImages(imagesIdx: NamedIdx, labelsIdx: NamedIdx): LabelledImages {
  const { data: images, shape } = imagesIdx;
  const { data: labels } = labelsIdx;
  const fail = ({ file }: NamedIdx, expected: string, got: string): never => {
    throw new DataFileError('readMnist', file, expected, got, damaged);
  };
  const [size = 0, height, width] = shape;
  if (!(images instanceof Uint8Array) || shape.length !== 3 || height !== 28 || width !== 28 || size === 0) {
    return fail(imagesIdx, 'unsigned bytes of shape [n, 28, 28]', summary(imagesIdx));
  }
  if (!(labels instanceof Uint8Array) || labelsIdx.shape.length !== 1 || labelsIdx.shape[0] !== size) {
    return fail(labelsIdx, `unsigned bytes of shape [${size}], one label for each image`, summary(labelsIdx));
  }
  const bad = labels.findIndex((label) => label > 9);
  if (bad >= 0) fail(labelsIdx, 'labels 0 to 9', `${labels[bad]} for image ${bad}`);
  return { images, labels, size };
}

const summary = ({ data, shape }: IdxArray) => `${data.constructor.name} of shape [${shape.join(', ')}]`;
