import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { CellError, UnsupportedLayerError } from '@hurwitz/cells';
import { DataFileError, DatasetError } from '@hurwitz/datasets';
import { LyapunovError } from '@hurwitz/lyapunov';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {
  bytesText,
  type Config,
  configVersion,
  defaultsOf,
  memoryNeeds,
  memoryOfMachine,
  RunFolder,
  requireMemory,
  taskNames,
  UserError,
} from '@hurwitz/training';
import { explainFileError, isLock, makeFolder, showPath, withFolderLock } from '@hurwitz/training/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureText } from '../src/failures/failure-text.js';
import { temporaryFolder } from './command.js';

let folder = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const of = (task: Config['task'], given: Partial<Config>): Config =>
  ({ ...defaultsOf(task), version: configVersion, ...given }) as Config;

const thrownBy = (work: () => unknown): unknown => {
  try {
    return void work();
  } catch (error) {
    return error;
  }
};

describe('an error of the operating system', () => {
  it.each(Object.entries(constants.errno))(
    '%s is one sentence with the path and what to do',
    (code, errno) => {
      const error = Object.assign(new Error(`${code}: bad, open 'x'`), {
        code,
        errno: -errno,
        syscall: 'open',
      });
      for (const doing of ['write', 'read'] as const) {
        const explained = explainFileError(error, 'some/path', { doing, flag: '--out' });
        expect(explained).toBeInstanceOf(UserError);
        expect((explained as Error).message).toMatch(new RegExp(`^Cannot ${doing} some/path: .+; .+\\.$`));
      }
      const text = failureText(Object.assign(error, { path: 'the/path' }), { debug: false });
      expect(text).toMatch(/^Cannot read the\/path: .+\.$/);
    },
  );

  it('of another kind passes, and one that is explained stays as it is', () => {
    const fault = new TypeError('x');
    const told = new UserError('told');
    expect(explainFileError(fault, 'p')).toBe(fault);
    expect(explainFileError(told, 'p')).toBe(told);
  });

  it('shows long paths cut, and control characters escaped', () => {
    expect(showPath('x'.repeat(5000)).length).toBeLessThan(200);
    expect(showPath('a\nb')).toBe('"a\\nb"');
    expect(showPath('')).toBe('""');
  });
});

describe('what ends a command', () => {
  it.each([
    [
      'an array that is too long',
      () => new Float64Array(2 ** 53),
      /^There is not enough memory for these sizes/,
    ],
    ['a number of elements', () => new Array(-1), /^There is not enough memory for these sizes/],
    [
      'tfjs, of shapes',
      () => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])),
      /^TensorFlow.js cannot compute with these sizes: .*shape/i,
    ],
    [
      'a fault of the program',
      () => (undefined as never as { x: { y: 1 } }).x.y,
      /^hurwitz failed by a fault of its own: Cannot read.*\nPlease report it/,
    ],
    [
      'no error at all',
      () => {
        throw 'text';
      },
      /^hurwitz failed by a fault of its own: text\n/,
    ],
    [
      'what says what to do',
      () => {
        throw new UserError('Do this.');
      },
      /^Do this\.$/,
    ],
  ])('%s is told without a stack; with it only on request', (_, work, text) => {
    const error = thrownBy(work);
    expect(failureText(error, { debug: false })).toMatch(text);
    expect(failureText(error, { debug: false })).not.toContain('    at ');
    if (error instanceof Error) expect(failureText(error, { debug: true })).toContain('    at ');
  });

  it.each([
    [
      new DatasetError(
        'batches',
        'batchSize to be at most 5',
        '9',
        'Use a smaller batchSize or lastBatch "keep"',
      ),
      'Expected --batch-size to be at most 5, got 9.',
    ],
    [
      new DatasetError(
        'pixelMnist',
        'pixelsPerStep to divide the 784 pixels of an image',
        '5',
        'Use one of 1, 2, 4',
      ),
      'Expected --pixels-per-step to divide the 784 pixels of an image, got 5. Use one of 1, 2, 4.',
    ],
    [
      new DataFileError('readText', 'data/input.txt', 'a text', 'an empty file', 'Download it again'),
      'data/input.txt: expected a text, got an empty file. Download it again.',
    ],
    [
      new LyapunovError('lyapunovSpectrum', 'qrInterval of at least 1', '0', 'Pass { qrInterval: 1 }.'),
      'Expected --qr-interval of at least 1, got 0.',
    ],
    [
      new CellError(
        'tangentSystem',
        'a layer',
        'a model',
        'Use tangentSystem(layer). Only layers have a state.',
      ),
      'Expected a layer, got a model. Only layers have a state.',
    ],
    [
      new UnsupportedLayerError(
        'tangentSystem',
        'a chain',
        { name: 'b', className: 'Bidirectional' },
        'Pass its forwardLayer.',
      ),
      "Expected a chain, got Bidirectional 'b'.",
    ],
  ])('a refusal of a package, by the flags and without functions: %s', (error, text) => {
    expect(failureText(error, { debug: false })).toBe(text);
  });
});

describe('memory is judged before it is allocated', () => {
  const machine = { available: 16 * 2 ** 30 };

  it.each(taskNames)('the defaults of %s need less than 2 GiB', (task) => {
    expect(() => requireMemory(memoryNeeds(of(task, {})), { available: 2 ** 31 })).not.toThrow();
  });

  it.each([
    ['adding', { units: 1e9 }, '--units'],
    ['adding', { units: 100_000 }, '--units'],
    ['adding', { length: 1e9 }, '--length'],
    ['pendulum', { length: 1e9 }, '--length'],
    ['copy-memory', { length: 1e9 }, '--length'],
    ['pixel-mnist', { batchSize: 1e9 }, '--batch-size'],
    ['ptb', { units: 1e6 }, '--units'],
  ] as const)('%s with %o is refused with the bytes and the flag', (task, given, flag) => {
    const error = thrownBy(() => requireMemory(memoryNeeds(of(task, given)), machine));
    expect((error as Error).message).toMatch(
      /need at least \S+ \w+ of memory .* this machine has 16\.0 GiB\. Make .* smaller\.$/,
    );
    expect((error as Error).message).toContain(flag);
  });

  it('counts the weights: 2 n² numbers of 4 bytes in 13 copies under adam, exact', () => {
    const [weights] = memoryNeeds(of('adding', { units: 1000, optimizer: 'adam' }));
    expect(weights!.bytes).toBe(13 * 4 * (2 * 1000 ** 2 + 2 * 1000));
  });

  it('says sizes in binary units', () => {
    expect(bytesText(3)).toBe('3 bytes');
    expect(bytesText(2 ** 30)).toBe('1.00 GiB');
    expect(memoryOfMachine()).toBeGreaterThan(2 ** 20);
  });
});

describe('a folder is made with a bounded number of attempts', () => {
  it('below /proc, where Node itself never returns', () => {
    expect(() => makeFolder('/proc/hurwitz/below', '--out')).toThrow(/^Cannot write .*with --out\.$/);
    expect(() => RunFolder.create('/proc/hurwitz/below', of('adding', {}))).toThrow(/^Cannot write/);
    expect(() => RunFolder.create('/proc/hurwitz', of('adding', {}))).toThrow(/^Cannot write/);
  });

  it.each(['file/below', 'file', 'round/below', 'dangling/below', 'x'.repeat(300)])(
    '%s is refused',
    (name) => {
      const own = temporaryFolder();
      writeFileSync(join(own, 'file'), '');
      symlinkSync('round', join(own, 'round'));
      symlinkSync('nowhere', join(own, 'dangling'));
      expect(() => makeFolder(join(own, name))).toThrow(UserError);
      rmSync(own, { recursive: true });
    },
  );

  it('a run folder is not made of a link that leads nowhere', () => {
    symlinkSync(join(folder, 'gone'), join(folder, 'link'));
    expect(() => RunFolder.create(join(folder, 'link'), of('adding', {}))).toThrow(
      /it is a link to .*gone, which is not there/,
    );
  });

  it('makes what is missing, and leaves what is there', () => {
    makeFolder(join(folder, 'a/b/c'));
    makeFolder(join(folder, 'a/b/c'));
    expect(() => mkdirSync(join(folder, 'a/b/c/d'))).not.toThrow();
  });
});

it('a file with the form of a lock, but no host that can be read, is no lock: %E0', async () => {
  const held = join(folder, 'held');
  mkdirSync(held);
  writeFileSync(join(held, '%E0-1-0.lock'), '');
  expect(isLock('%E0-1-0.lock')).toBe(false);
  expect(await withFolderLock(held, async () => 'done')).toBe('done');
});
