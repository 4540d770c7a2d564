import { readdir } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { readOptions, requireFolder, requireList, requireText } from './checks.js';
import { reading, readWhole } from './disk.js';
import { DataFileError } from './errors.js';
import { maxBytesOf, type UnpackOptions, unpacked } from './gzip.js';
import { type MotionClip, parseMotion } from './motion.js';
import { decodeText } from './read-text.js';

/** Recorded motions to learn from and to test on. */
export interface MotionCorpus {
  readonly train: MotionClip[];
  readonly test: MotionClip[];
}

/** What `loadCmuMocap` takes. `maxBytes` counts for the archive, and for all clips together. */
export interface CmuMocapOptions extends UnpackOptions {
  /** Only these actions, such as 'walking'; without it, all that are there. */
  actions?: readonly string[];
}

/**
 * Reads the CMU motion capture clips in the form of Li et al. 2018 (Convolutional Sequence to Sequence Model for Human
 * Dynamics, CVPR): text files `train/<action>/<clip>.txt` and `test/<action>/<clip>.txt` in a folder, or a
 * `cmu-mocap.tar.gz` (or `.tar`) there that holds them. Clips are in the order of their names, which are their paths.
 * What file managers leave beside them is skipped: names that begin with a dot, `__MACOSX`.
 *
 * @throws {DataFileError} if the folder cannot be read, has no clip of a part, a file is damaged, ragged or not UTF-8, or
 *   there are more than `maxBytes`.
 */
export async function loadCmuMocap(folder: string, options?: CmuMocapOptions): Promise<MotionCorpus> {
  const { actions, ...limits } = readOptions(where, options, ['actions', 'maxBytes']);
  requireFolder(where, folder);
  if (actions !== undefined) {
    requireList(where, 'actions', actions);
    for (const action of actions) requireText(where, 'each of actions', action);
  }
  const path = resolve(folder);
  const files = await clipFiles(path, maxBytesOf(where, limits));
  const clipsOf = (part: Part): MotionClip[] => {
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
const parts = ['train', 'test'] as const;
type Part = (typeof parts)[number];
const archives = ['cmu-mocap.tar.gz', 'cmu-mocap.tar'];
const advice = `Put the folders train and test, or ${archives[0]} with them, there`;

interface ClipFile {
  /** `train/<action>/<clip>.txt`. */
  name: string;
  bytes: Uint8Array;
}

async function clipFiles(folder: string, maxBytes: number): Promise<ClipFile[]> {
  const entries = await namesIn(folder);
  const archive = entries.includes('train') ? undefined : archives.find((name) => entries.includes(name));
  const files =
    archive === undefined
      ? await filesIn(folder, maxBytes)
      : await filesOfArchive(join(folder, archive), maxBytes);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `train/walking/walking_1.txt`, but not `train/walking/._walking_1.txt`, macOS's twin of it. */
const isClip = (name: string): boolean => /^(train|test)\/[^./][^/]*\/[^./][^/]*\.txt$/.test(name);

async function filesIn(folder: string, maxBytes: number): Promise<ClipFile[]> {
  const files: ClipFile[] = [];
  let room = maxBytes;
  for (const part of parts) {
    for (const action of await namesIn(join(folder, part), [])) {
      for (const clip of await namesIn(join(folder, part, action), [])) {
        const name = posix.join(part, action, clip);
        if (!isClip(name)) continue;
        const bytes = await readWhole(where, join(folder, name), room);
        room -= bytes.length;
        files.push({ name, bytes });
      }
    }
  }
  return files;
}

/** What is in a folder; `otherwise` where that is no folder. */
async function namesIn(folder: string, otherwise?: string[]): Promise<string[]> {
  const names = readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (otherwise !== undefined && (error.code === 'ENOTDIR' || error.code === 'ENOENT')) return otherwise;
    throw error;
  });
  return reading(where, folder, names, { expected: 'a folder that can be read', fix: advice });
}

async function filesOfArchive(path: string, maxBytes: number): Promise<ClipFile[]> {
  const packed = await readWhole(where, path, maxBytes);
  const bytes = await unpacked(where, { file: path, bytes: packed }, { maxBytes });
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
