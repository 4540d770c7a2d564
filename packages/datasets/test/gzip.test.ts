import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataFileError, readIdx, readMnist, readText, readWordCorpus } from '../src/index.js';
import { loadCmuMocap, loadMnist, loadPTB, loadWarAndPeace, loadWikiText2 } from '../src/node.js';

const join8 = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

/** 1 GiB of zeros in about 1 MB: 64 members of 16 MiB, as `cat a.gz b.gz` joins them. */
function bomb(): Uint8Array {
  const member = gzipSync(new Uint8Array(2 ** 24));
  return join8(...Array.from({ length: 64 }, () => member));
}

describe('gzip', () => {
  it('joins members, as gzip does, and skips zeros behind them', async () => {
    const bytes = join8(gzipSync('to be, '), gzipSync('or not'), new Uint8Array(64));
    expect(await readText(bytes)).toBe('to be, or not');
  });

  it('refuses what follows the members, and members that stop', async () => {
    const member = gzipSync('to be');
    for (const bytes of [
      join8(member, Buffer.from('and this')),
      join8(member, member.subarray(0, 9)),
      join8(member, member.subarray(0, -4)),
      member.subarray(0, 3),
    ]) {
      await expect(readText(bytes, 'a.gz')).rejects.toThrow(DataFileError);
      await expect(readText(bytes, 'a.gz')).rejects.toThrow('a.gz: expected a complete gzip file');
    }
  });

  it('unpacks maxBytes and not one more, whatever length the file announces', async () => {
    const honest = gzipSync('x'.repeat(5000));
    for (const announced of [0, 5000, 0xffffffff]) {
      const bytes = new Uint8Array(honest);
      new DataView(bytes.buffer).setUint32(bytes.length - 4, announced, true);
      expect(await caught(readText(bytes, 'a.gz', { maxBytes: 4999 }))).toBeInstanceOf(DataFileError);
      if (announced === 5000) expect(await readText(bytes, 'a.gz', { maxBytes: 5000 })).toHaveLength(5000);
      else await expect(readText(bytes, 'a.gz')).rejects.toThrow('do not unpack');
    }
    await expect(readText(honest, 'a.gz', { maxBytes: 4999 })).rejects.toThrow(
      'at most 4999 bytes, got more',
    );
    await expect(readText(new Uint8Array(10), 'a', { maxBytes: 9 })).rejects.toThrow(
      'at most 9 bytes, got 10',
    );
  });

  it('stops 1 GiB in a gzip of 1 MB at 256 MiB, or where the caller says, in every reader', async () => {
    const bytes = bomb();
    expect(bytes.length).toBeLessThan(1.1e6);
    await expect(readText(bytes, 'bomb.gz')).rejects.toThrow('at most 268435456 bytes, got more');
    const less = { maxBytes: 2 ** 21 };
    for (const attempt of [
      () => readText(bytes, 'bomb.gz', less),
      () => readIdx(bytes, 'bomb.gz', less),
      () => readMnist(async () => bytes, less),
      () => readWordCorpus(async () => ({ file: 'bomb.gz', bytes }), less),
    ]) {
      const error = await caught(attempt());
      expect(error).toBeInstanceOf(DataFileError);
      expect((error as Error).message).toContain('at most 2097152 bytes, got more');
    }
  });
});

describe('folders of data', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hurwitz-gzip-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  const loaders: [string, (folder: string, options?: { maxBytes?: number }) => Promise<unknown>, string][] = [
    ['loadWarAndPeace', loadWarAndPeace, 'input.txt'],
    ['loadWikiText2', loadWikiText2, 'train.txt'],
    ['loadPTB', loadPTB, 'ptb.train.txt'],
    ['loadMnist', loadMnist, 'train-images-idx3-ubyte'],
    ['loadCmuMocap', loadCmuMocap, 'cmu-mocap.tar'],
  ];
  /** Siblings that the loader wants too. */
  const others = ['valid.txt', 'test.txt', 'ptb.valid.txt', 'ptb.test.txt'].concat(
    'train-labels-idx1-ubyte',
    't10k-images-idx3-ubyte',
    't10k-labels-idx1-ubyte',
  );

  async function folder(): Promise<string> {
    const made = await mkdtemp(join(root, 'data-'));
    for (const name of others) await writeFile(join(made, name), '1 2');
    return made;
  }

  it.each(loaders)('%s refuses bombs, large files, folders, pipes and devices', async (_, load, name) => {
    const packed = await folder();
    await writeFile(join(packed, `${name}.gz`), gzipSync(new Uint8Array(100_000)));
    await expect(load(packed, { maxBytes: 9999 })).rejects.toThrow('expected at most 9999 bytes, got more');
    const large = await folder();
    await writeFile(join(large, name), new Uint8Array(10_000));
    await expect(load(large, { maxBytes: 9999 })).rejects.toThrow('expected at most 9999 bytes, got 10000');
    const directory = await folder();
    await mkdir(join(directory, name));
    expect(await caught(load(directory))).toBeInstanceOf(DataFileError);
    if (process.platform === 'win32') return;
    const pipe = await folder();
    execFileSync('mkfifo', [join(pipe, name)]);
    await expect(load(pipe)).rejects.toThrow('expected a file, got a folder, pipe or device');
    const device = await folder();
    await symlink('/dev/zero', join(device, name));
    await expect(load(device)).rejects.toThrow('expected a file, got a folder, pipe or device');
  });

  it.each(loaders)('%s ignores the twins that macOS leaves', async (_, load, name) => {
    const made = await mkdtemp(join(root, 'twins-'));
    for (const twin of [`._${name}`, '.DS_Store', 'Thumbs.db']) await writeFile(join(made, twin), 'junk');
    const error = await caught(load(made));
    expect(error).toBeInstanceOf(DataFileError);
    expect((error as DataFileError).file).toBe(made);
  });
});
