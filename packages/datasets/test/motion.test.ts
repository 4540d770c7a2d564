import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
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

  it('reads every float32 back from the shortest decimal that names it', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 20 }), (numbers) => {
        const { values } = parseMotion(numbers.map((x) => (Object.is(x, -0) ? '-0' : String(x))).join(','));
        expect(values).toEqual(Float32Array.from(numbers));
      }),
    );
  });

  it('reads decimal numbers as people write them, after a byte order mark too', () => {
    const { values } = parseMotion('\ufeff+1, .5 ,5.\t,1E2,3.4028235e38,1e-60');
    expect(values).toEqual(Float32Array.of(1, 0.5, 5, 100, 3.4028235e38, 0));
  });

  it.each([
    ['no line', '\n \n', 'a line of numbers for each frame, got no line'],
    ['a ragged line', '1,2,3\n4,5\n', '3 numbers in every line, as in the first, got 2 in line 2'],
    ['a word', '1,2\n3,x', 'got "x" in line 2'],
    ['an empty cell', '1,2\n3,', 'got "" in line 2'],
    ['an overflow of float64', '1,2\n3,1e999', 'got "1e999" in line 2, column 3'],
    ['an overflow of float32', '1e39,2', 'got "1e39" in line 1, column 1'],
    ['what rounds to infinity in float32', '3.4028236e38', 'got "3.4028236e38" in line 1'],
    ['a hexadecimal number', '1,2\n\n 0x10,3', 'got " 0x10" in line 3, column 2'],
    ['a binary number', '1,0b1', 'got "0b1" in line 1, column 3'],
    ['an octal number', '0o7', '"0o7"'],
    ['the word Infinity', '1,-Infinity', '"-Infinity"'],
    ['digits in groups', '1_000', '"1_000"'],
    ['digits of another script', '\u0661', '\u0661'],
    ['a space that is not ASCII', '1,\u00a02', 'line 1, column 3'],
    ['an exponent without digits', '1e', '"1e"'],
    ['a point alone', '.', '"."'],
    ['two numbers in one cell', '1 2', '"1 2"'],
    ['an endless line of digits and a letter', `${'1'.repeat(200_000)}x`, 'in line 1, column 1'],
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

  it('skips what file managers leave beside the clips, in folders and archives', async () => {
    const twins = Object.fromEntries(
      [
        'train/walking/._walking_1.txt',
        'train/._walking/x.txt',
        'train/.hidden/x.txt',
        '__MACOSX/train/walking/y.txt',
      ]
        .concat(
          'train/walking/.DS_Store',
          'train/.DS_Store',
          'test/walking/Thumbs.db',
          '._train',
          '._cmu-mocap.tar',
        )
        .map((name) => [name, '\0\x05\x16\x07 no numbers']),
    );
    const plain = await loadCmuMocap(await folderWith(files));
    expect(await loadCmuMocap(await folderWith({ ...files, ...twins }))).toEqual(plain);
    const archive = await packTar(
      Object.entries({ ...files, ...twins }).map(([name, body]) => ({
        header: { name, size: body.length },
        body,
      })),
    );
    expect(await loadCmuMocap(await folderWith({ 'cmu-mocap.tar': archive }))).toEqual(plain);
  });

  it('reads at most maxBytes, of all clips together and of an archive', async () => {
    const total = Object.entries(files).reduce(
      (sum, [name, body]) => sum + (name.includes('/README') ? 0 : body.length),
      0,
    );
    const folder = await folderWith(files);
    const plain = await loadCmuMocap(folder);
    expect(await loadCmuMocap(folder, { maxBytes: total })).toEqual(plain);
    await expect(loadCmuMocap(folder, { maxBytes: total - 1 })).rejects.toThrow(DataFileError);
    const packed = await folderWith({ 'cmu-mocap.tar.gz': gzipSync(await tar()) });
    await expect(loadCmuMocap(packed, { maxBytes: 4096 })).rejects.toThrow(
      'cmu-mocap.tar.gz: expected at most 4096 bytes, got more',
    );
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
