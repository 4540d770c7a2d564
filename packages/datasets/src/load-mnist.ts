import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DataFileError } from './errors.js';
import { assembleMnist, type Mnist, type MnistFile, mnistFiles } from './mnist.js';

/**
 * Reads MNIST from a folder that holds its four IDX files, each plain or packed (`train-images-idx3-ubyte`, also
 * with a dot as in `train-images.idx3-ubyte`, and `.gz`). `fetchDataset('mnist', { folder })` puts them there.
 *
 * @throws {DataFileError} if the folder cannot be read or a file is missing (all missing ones are named), or a file
 *   is damaged, as `readMnist` says.
 */
export async function loadMnist(folder: string): Promise<Mnist> {
  const where = 'loadMnist';
  const path = resolve(folder);
  const advice = `Download them with fetchDataset('mnist', { folder }), or give the folder that holds them`;
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataFileError(where, path, 'a folder with the four MNIST files', `${error.code}`, advice);
  });
  const found = new Map<MnistFile, string>();
  for (const name of mnistFiles) {
    const spellings = [name, name.replace('-idx', '.idx')].flatMap((plain) => [plain, `${plain}.gz`]);
    const entry = spellings.find((spelling) => entries.includes(spelling));
    if (entry !== undefined) found.set(name, entry);
  }
  const missing = mnistFiles.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new DataFileError(
      where,
      path,
      `the four MNIST files ${mnistFiles.join(', ')}, each plain or with .gz`,
      `no ${missing.join(', no ')}`,
      advice,
    );
  }
  return assembleMnist(async (name) => {
    const file = join(path, found.get(name)!);
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new DataFileError(where, file, 'a readable file', `${error.code}`, 'Correct its permissions');
    });
    return { file, bytes };
  });
}
