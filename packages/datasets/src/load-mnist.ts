import { openFolder } from './data-folder.js';
import type { UnpackOptions } from './gzip.js';
import { assembleMnist, type Mnist, type MnistFile, mnistFiles } from './mnist.js';

const files = Object.fromEntries(
  mnistFiles.map((name) => [name, [name, name.replace('-idx', '.idx')]]),
) as Record<MnistFile, string[]>;

/**
 * Reads MNIST from a folder that holds its four IDX files, each plain or packed (`train-images-idx3-ubyte`, also
 * with a dot as in `train-images.idx3-ubyte`, and `.gz`). `fetchDataset('mnist', { folder })` puts them there.
 *
 * @throws {DataFileError} if the folder cannot be read or a file is missing (all missing ones are named), or a file
 *   is damaged or too large, as `readMnist` says.
 */
export async function loadMnist(folder: string, options?: UnpackOptions): Promise<Mnist> {
  const advice = `Download them with fetchDataset('mnist', { folder }), or give the folder that holds them`;
  return assembleMnist(
    await openFolder('loadMnist', folder, { files, what: 'the four MNIST files', advice }, options),
    options,
  );
}
