import { readdir, readFile } from 'node:fs/promises';
import { join, posix, resolve, sep } from 'node:path';
import { DataFileError } from './errors.js';
import { unpacked } from './gzip.js';
import { type MotionClip, parseMotion } from './motion.js';
import { decodeText } from './read-text.js';

/** Recorded motions to learn from and to test on. */
export interface MotionCorpus {
  readonly train: MotionClip[];
  readonly test: MotionClip[];
}

/**
 * Reads the CMU motion capture clips in the form of Li et al. 2018 (Convolutional Sequence to Sequence Model for Human
 * Dynamics, CVPR): text files `train/<action>/<clip>.txt` and `test/<action>/<clip>.txt` in a folder, or a
 * `cmu-mocap.tar.gz` (or `.tar`) there that holds them. Clips are in the order of their names, which are their paths.
 *
 * @param actions - Only these, such as 'walking'; without it, all that are there.
 * @throws {DataFileError} if the folder cannot be read, has no clip of a part, or a file is damaged, ragged or not UTF-8.
 */
export async function loadCmuMocap(
  folder: string,
  { actions }: { actions?: readonly string[] } = {},
): Promise<MotionCorpus> {
  const path = resolve(folder);
  const files = await clipFiles(path);
  const clipsOf = (part: string): MotionClip[] => {
    const found = files.filter(({ name }) => {
      const [of, action] = name.split('/');
      return of === part && (actions === undefined || actions.includes(action!));
    });
    if (found.length === 0) {
      const wanted = actions === undefined ? '<action>' : actions.join(' or ');
      throw new DataFileError(where, path, `clips ${part}/${wanted}/*.txt`, 'none', advice);
    }
    return found.map(({ name, bytes }) => parseMotion(decodeText(where, bytes, join(path, name)), name));
  };
  return { train: clipsOf('train'), test: clipsOf('test') };
}

const where = 'loadCmuMocap';
const archives = ['cmu-mocap.tar.gz', 'cmu-mocap.tar'];
const advice = `Put the folders train and test, or ${archives[0]} with them, there`;

interface ClipFile {
  /** `train/<action>/<clip>.txt`. */
  name: string;
  bytes: Uint8Array;
}

async function clipFiles(folder: string): Promise<ClipFile[]> {
  const entries = await reading(folder, readdir(folder));
  const archive = entries.includes('train') ? undefined : archives.find((name) => entries.includes(name));
  const files = archive === undefined ? await filesIn(folder) : await filesOfArchive(join(folder, archive));
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const isClip = (name: string): boolean => /^(train|test)\/[^/]+\/[^/]+\.txt$/.test(name);

async function filesIn(folder: string): Promise<ClipFile[]> {
  const entries = await reading(folder, readdir(folder, { recursive: true }));
  const names = entries.map((entry) => entry.split(sep).join('/')).filter(isClip);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { name, bytes: await reading(path, readFile(path)) };
    }),
  );
}

async function filesOfArchive(path: string): Promise<ClipFile[]> {
  const bytes = await unpacked(where, await reading(path, readFile(path)), path);
  // Loaded here, since only this format needs it, and it is an ES module only.
  const { unpackTar } = await import('modern-tar');
  const entries = await unpackTar(bytes, { strict: true }).catch((error: Error) => {
    const fix = 'The archive is truncated or damaged: download it again';
    throw new DataFileError(where, path, 'a complete tar archive', error.message, fix);
  });
  return entries.flatMap(({ header, data }) => {
    const name = posix.normalize(header.name);
    return data !== undefined && isClip(name) ? [{ name, bytes: data }] : [];
  });
}

async function reading<T>(path: string, operation: Promise<T>): Promise<T> {
  return operation.catch((error: NodeJS.ErrnoException) => {
    throw new DataFileError(where, path, 'a folder or file that can be read', `${error.code}`, advice);
  });
}
