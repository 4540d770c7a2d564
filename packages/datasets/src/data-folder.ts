import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireFolder } from './checks.js';
import { readWhole } from './disk.js';
import { DataFileError } from './errors.js';
import { maxBytesOf, type NamedBytes, type UnpackOptions } from './gzip.js';

/** What a loader looks for in a folder. */
export interface WantedFiles<Name extends string> {
  /** Each file by its name, with the spellings under which it is found, the plain ones only. */
  readonly files: Readonly<Record<Name, readonly string[]>>;
  /** What they are together, as in "the four MNIST files". */
  readonly what: string;
  /** What to do when they are not there. */
  readonly advice: string;
}

/**
 * Finds files in a folder, each plain or with `.gz`, and gives a function that reads one.
 *
 * @throws {DataFileError} if the folder cannot be read or files are missing: all of these are named. The function throws it
 *   if its file is no regular one, or larger than `maxBytes`.
 */
export async function openFolder<Name extends string>(
  where: string,
  folder: string,
  { files, what, advice }: WantedFiles<Name>,
  options?: UnpackOptions,
): Promise<(name: Name) => Promise<NamedBytes>> {
  requireFolder(where, folder);
  const maxBytes = maxBytesOf(where, options);
  const path = resolve(folder);
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataFileError(where, path, `a folder with ${what}`, `${error.code}`, advice);
  });
  const names = Object.keys(files) as Name[];
  const found = new Map<Name, string>();
  for (const name of names) {
    const spellings = files[name].flatMap((plain) => [plain, `${plain}.gz`]);
    const entry = spellings.find((spelling) => entries.includes(spelling));
    if (entry !== undefined) found.set(name, entry);
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) {
    const [wanted, absent] = [names, missing].map((each) => each.map((name) => files[name][0]));
    throw new DataFileError(
      where,
      path,
      `${what} ${wanted!.join(', ')}, each plain or with .gz`,
      `no ${absent!.join(', no ')}`,
      advice,
    );
  }
  return async (name) => {
    const file = join(path, found.get(name)!);
    return { file, bytes: await readWhole(where, file, maxBytes) };
  };
}
