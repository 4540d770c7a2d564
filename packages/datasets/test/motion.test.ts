import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DataFileError,
  DatasetError,
  gather,
  type MotionClip,
  type MotionSequencesOptions,
  motionSequences,
  parseMotion,
  type SequenceDataset,
} from '../src/index.js';
import { loadCmuMocap } from '../src/node.js';

/** A clip whose channel 0 is constant, channel 1 the frame's number, channel 2 a wave. */
function clip(name: string, { frames, from = 0 }: { frames: number; from?: number }): MotionClip {
  const line = (i: number): string => `7, ${from + i},${Math.sin(0.3 * (from + i)).toFixed(6)}`;
  return parseMotion(Array.from({ length: frames }, (_, i) => line(i)).join('\n'), name);
}

/** The frame numbers that each sequence reads and predicts. */
function frameNumbers(
  part: SequenceDataset,
  mean: number,
  deviation: number,
): { read: number[]; next: number[] }[] {
  const number = (values: ArrayLike<number>): number[] =>
    Array.from(values)
      .filter((_, i) => i % 2 === 0)
      .map((value) => Math.round(value * deviation + mean) + 0);
  return Array.from({ length: part.size }, (_, i) => {
    const { inputs, targets } = gather(part, [i]);
    return { read: number(inputs), next: number(targets) };
  });
}

describe('parseMotion', () => {
  it('reads a line for each frame', () => {
    const { frames, channels, values } = parseMotion('1,-2.5,3e-1\r\n-0,5,6\n\n', 'a');
    expect([frames, channels]).toEqual([2, 3]);
    expect(values).toEqual(Float32Array.of(1, -2.5, 0.3, -0, 5, 6));
  });

  it.each([
    ['no line', '\n \n', 'a line of numbers for each frame, got no line'],
    ['a ragged line', '1,2,3\n4,5\n', '3 numbers in every line, as in the first, got 2 in line 2'],
    ['a word', '1,2\n3,x', 'got "x" in line 2'],
    ['an empty cell', '1,2\n3,', 'got "" in line 2'],
    ['an overflow', '1,2\n3,1e999', 'got "1e999" in line 2'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseMotion(text, 'clip.txt')).toThrow(DataFileError);
    expect(() => parseMotion(text, 'clip.txt')).toThrow(message);
  });
});

describe('motionSequences', () => {
  const options = { steps: 3, validationFraction: 0.25 };

  it('keeps every second frame and lets no sequence cross the end of its clip', () => {
    // 21 and 16 frames give 11 and 8 kept ones, thus 3 and 2 sequences of 3 poses and the next.
    const clips = {
      train: [clip('a', { frames: 21 }), clip('b', { frames: 16, from: 100 })],
      test: [clip('c', { frames: 9 })],
    };
    const { train, validation, test, channels, mean, deviation } = motionSequences(clips, options);
    const numbers = (part: SequenceDataset) => frameNumbers(part, mean[0]!, deviation[0]!);
    expect(channels).toEqual([1, 2]);
    expect([train.steps, train.inputDim, train.targetShape]).toEqual([3, 2, [3, 2]]);
    expect(numbers(train)).toEqual([
      { read: [0, 2, 4], next: [2, 4, 6] },
      { read: [6, 8, 10], next: [8, 10, 12] },
      { read: [100, 102, 104], next: [102, 104, 106] },
    ]);
    expect(numbers(validation)).toEqual([
      { read: [12, 14, 16], next: [14, 16, 18] },
      { read: [106, 108, 110], next: [108, 110, 112] },
    ]);
    expect(numbers(test)).toEqual([{ read: [0, 2, 4], next: [2, 4, 6] }]);
  });

  it('normalises the frames before the validation part to mean 0 and variance 1 within 1e-6', () => {
    const clips = { train: [clip('a', { frames: 400 })], test: [clip('b', { frames: 50 })] };
    const { train, validation, mean, deviation } = motionSequences(clips, {
      ...options,
      steps: 1,
      downsampling: 1,
    });
    const frames = train.size; // a sequence of one step for each frame but the last
    for (const feature of [0, 1]) {
      const values = Array.from({ length: frames }, (_, i) => gather(train, [i]).inputs[feature]!);
      const average = values.reduce((sum, value) => sum + value, 0) / frames;
      expect(Math.abs(average)).toBeLessThan(1e-6);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / frames).toBeCloseTo(1, 5);
    }
    expect(mean[0]).toBeCloseTo((frames - 1) / 2, 9);
    expect(deviation[0]).toBeCloseTo(Math.sqrt((frames ** 2 - 1) / 12), 9);
    expect(gather(validation, [0]).inputs[0]! * deviation[0]! + mean[0]!).toBeCloseTo(frames, 4);
  });

  it('gives overlapping sequences on demand, of which none to learn from touches the validation part', () => {
    const clips = { train: [clip('a', { frames: 40 })], test: [clip('b', { frames: 20 })] };
    const { train, validation, mean, deviation } = motionSequences(clips, { ...options, stride: 1 });
    const numbers = (part: SequenceDataset) => frameNumbers(part, mean[0]!, deviation[0]!);
    const firstValidated = numbers(validation)[0]!.next[0]!;
    expect(numbers(train)[1]!.read).toEqual([2, 4, 6]);
    expect(Math.max(...numbers(train).flatMap(({ next }) => next))).toBeLessThan(firstValidated);
    expect(train.size + validation.size).toBe(17 - 2); // the 2 sequences between the parts are left out
  });

  const long = clip('long', { frames: 80 });
  it.each<[string, Parameters<typeof motionSequences>[0], MotionSequencesOptions, string]>([
    [
      'clips of different skeletons',
      { train: [long], test: [parseMotion('1,2', 'x')] },
      {},
      'clips of 3 channels, as long, got 2 in x',
    ],
    [
      'clips that are too short',
      { train: [clip('a', { frames: 4 })], test: [long] },
      {},
      'none in the motions, training part',
    ],
    ['no test clip', { train: [long], test: [] }, { steps: 3 }, 'none in the motions, test part'],
    [
      'motions that stand still',
      { train: [parseMotion('1\n'.repeat(99))], test: [] },
      {},
      'a channel that varies in the training part, got none',
    ],
    ['no steps', { train: [long], test: [long] }, { steps: 0 }, 'steps to be an integer of at least 1'],
    [
      'everything for validation',
      { train: [long], test: [long] },
      { validationFraction: 1 },
      'to be below 1, got 1',
    ],
  ])('refuses %s', (_, clips, options, message) => {
    expect(() => motionSequences(clips, options)).toThrow(DatasetError);
    expect(() => motionSequences(clips, options)).toThrow(message);
  });
});

describe('loadCmuMocap', () => {
  const files: Record<string, string> = {
    'train/walking/walking_2.txt': '2,2\n',
    'train/walking/walking_1.txt': '1,1\n1,2\n',
    'train/jumping/jumping_1.txt': '3,3\n',
    'test/walking/walking_1.txt': '4,4\n',
    'train/README.txt': 'no clip',
  };
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'hurwitz-mocap-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  async function folderWith(content: Record<string, string | Uint8Array>): Promise<string> {
    const folder = await mkdtemp(join(root, 'data-'));
    for (const [name, bytes] of Object.entries(content)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), bytes);
    }
    return folder;
  }
  const tar = (prefix = '') =>
    packTar(
      Object.entries(files).map(([name, body]) => ({
        header: { name: prefix + name, size: body.length },
        body,
      })),
    );

  it('reads folders, a tar archive and a packed one alike, in the order of their names', async () => {
    const plain = await loadCmuMocap(await folderWith(files));
    expect(plain.train.map(({ name }) => name)).toEqual([
      'train/jumping/jumping_1.txt',
      'train/walking/walking_1.txt',
      'train/walking/walking_2.txt',
    ]);
    expect(plain.train[1]!.values).toEqual(Float32Array.of(1, 1, 1, 2));
    expect(await loadCmuMocap(await folderWith({ 'cmu-mocap.tar': await tar() }))).toEqual(plain);
    const packed = gzipSync(await tar('./'));
    expect(await loadCmuMocap(await folderWith({ 'cmu-mocap.tar.gz': packed }))).toEqual(plain);
  });

  it('reads some actions only', async () => {
    const { train, test } = await loadCmuMocap(await folderWith(files), { actions: ['walking'] });
    expect([train.length, test.length]).toEqual([2, 1]);
  });

  it('names what is missing or damaged', async () => {
    const archive = await tar();
    const cases: [string, string | Uint8Array, string][] = [
      ['train/walking/a.txt', '1,2\n1', 'train/walking/a.txt: expected 2 numbers in every line'],
      ['train/walking/a.txt', Uint8Array.of(0x31, 0xff), 'a text in UTF-8'],
      [
        'train/walking/a.txt',
        '',
        'train/walking/a.txt: expected a line of numbers for each frame, got no line',
      ],
      ['train/walking/a.txt', '1,2', 'expected clips test/<action>/*.txt, got none'],
      ['cmu-mocap.tar', archive.subarray(0, 700), 'a complete tar archive'],
      ['cmu-mocap.tar.gz', gzipSync(archive).subarray(0, 60), 'a complete gzip file'],
    ];
    for (const [name, content, message] of cases) {
      const error = await loadCmuMocap(await folderWith({ [name]: content })).catch((caught) => caught);
      expect(error, name).toBeInstanceOf(DataFileError);
      expect(error.message).toContain(message);
    }
    await expect(loadCmuMocap(join(root, 'nowhere'))).rejects.toThrow('ENOENT');
    await expect(loadCmuMocap(await folderWith(files), { actions: ['flying'] })).rejects.toThrow(
      'clips train/flying/*.txt, got none',
    );
  });
});
