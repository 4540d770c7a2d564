import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { everyFlip } from '../../../scripts/every-flip.js';
import { defaultsOf } from '../src/config/defaults.js';
import { type Config, configVersion } from '../src/config/schema.js';
import { validateConfig } from '../src/config/validate.js';
import { UserError } from '../src/errors.js';
import { writeFileAtomic } from '../src/files/atomic-file.js';
import { MetricsLog } from '../src/run/metrics-log.js';
import { RunFolder } from '../src/run/run-folder.js';

let parent = '';
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'hurwitz-runs-'));
});
afterAll(() => rmSync(parent, { recursive: true }));

const config: Config = validateConfig({
  ...defaultsOf('adding'),
  ...{ task: 'adding', version: configVersion, seed: 5, learningRate: 0.001 },
});

const make = (name: string): RunFolder => RunFolder.create(join(parent, name), config);

const noWarning = (message: string): never => {
  throw new Error(`unexpected warning: ${message}`);
};

/** Temporary files, and that of a process that has ended: one with the largest number that Linux gives. */
const temporary = /\.tmp$/;
const leftover = `.hurwitz-1-${encodeURIComponent(hostname())}-4194304-1.tmp`;

describe('a run folder', () => {
  it('is refused when it exists, and names --resume', () => {
    const { path } = make('twice');
    expect(() => make('twice')).toThrow(`The run folder ${path} exists already`);
    expect(() => make('twice')).toThrow(`--resume ${path}`);
  });

  it('is there with its configuration and a checkpoint of the start, or not at all', () => {
    const folder = make('whole');
    expect(readdirSync(folder.path).sort()).toEqual(['checkpoints', 'config.json']);
    expect(RunFolder.open(folder.path).config).toEqual(config);
    expect(folder.latestCheckpoint(noWarning)).toEqual({ header: null, arrays: [] });
    expect(() => RunFolder.create(join(folder.path, 'config.json', 'in'), config)).toThrow(UserError);
    expect(readdirSync(parent).filter((name) => temporary.test(name))).toEqual([]);
  });

  it('says that a path below a file cannot be written', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => RunFolder.create(join(file, 'run'), config)).toThrow('a part of the path is a file');
  });

  it.runIf(process.platform === 'linux')('says that a place where nothing can be written is that', () => {
    expect(() => RunFolder.create('/sys/hurwitz-run', config)).toThrow(/Cannot write .*--out/);
  });

  it('is told from any other folder', () => {
    expect(() => RunFolder.open(parent)).toThrow('is not a run folder');
  });

  it('keeps the newest three checkpoints and takes the one before a damaged one', () => {
    const folder = make('checkpoints');
    for (let step = 1; step <= 5; step++) folder.saveCheckpoint(step, { header: { step }, arrays: [] });
    const names = readdirSync(folder.file('checkpoints')).sort();
    expect(names).toEqual([3, 4, 5].map((step) => `step-00000000${step}.checkpoint`));
    expect(folder.latestCheckpoint(noWarning).header).toEqual({ step: 5 });

    const newest = folder.file('checkpoints', names[2] as string);
    writeFileSync(newest, readFileSync(newest).subarray(0, 60));
    const warnings: string[] = [];
    expect(folder.latestCheckpoint((message) => warnings.push(message)).header).toEqual({ step: 4 });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('step-000000005.checkpoint is damaged');
  });

  it('says so when other kernels go on with a checkpoint, and nothing when the same do', async () => {
    await tf.setBackend('cpu');
    const folder = make('arithmetic');
    vi.stubEnv('HURWITZ_KERNELS', 'plain');
    folder.saveCheckpoint(1, { header: { step: 1 }, arrays: [] });
    folder.latestCheckpoint(noWarning);
    vi.stubEnv('HURWITZ_KERNELS', 'wasm');
    const warnings: string[] = [];
    expect(folder.latestCheckpoint((message) => warnings.push(message)).header).toEqual({ step: 1 });
    vi.unstubAllEnvs();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/step-000000001\.checkpoint was computed by .* plain, and .* by .* wasm \(/);
  });

  it('never starts over when every checkpoint is damaged or gone, however often it is asked', () => {
    const folder = make('no-checkpoint');
    const path = folder.file('checkpoints', 'step-000000000.checkpoint');
    writeFileSync(path, 'no');
    for (let again = 0; again < 3; again++) {
      expect(() => folder.latestCheckpoint(noWarning)).toThrow(
        `Every checkpoint is damaged in ${dirname(path)}, so this run cannot go on. ` +
          'The same settings in another folder give the same numbers: hurwitz train adding --learning-rate 0.001 --seed 5',
      );
    }
    rmSync(path);
    expect(() => folder.latestCheckpoint(noWarning)).toThrow('There is no checkpoint in');
    rmSync(dirname(path), { recursive: true });
    expect(() => folder.latestCheckpoint(noWarning)).toThrow('There is no checkpoint in');
  });
});

describe('config.json', () => {
  it('with one flipped bit gives the same values or a sentence', () => {
    const folder = make('flipped');
    let refused = 0;
    const flips = everyFlip(
      folder.file('config.json'),
      () => {
        try {
          expect(RunFolder.open(folder.path).config).toEqual(config);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(error.message).not.toContain('\n');
          refused += 1;
        }
      },
      { stride: 7 },
    );
    // Among the others are spaces that became other spaces.
    expect(refused / flips).toBeGreaterThan(0.98);
  });

  it.each([
    ['seed', '"seed": 5', '"seed": 6', 'seed is 6 and was 5. Put that back'],
    [
      'learningRate',
      '"learningRate": 0.001',
      '"learningRate": 0.002',
      'learningRate is 0.002 and was 0.001. Put that back',
    ],
    ['version', '"version": 1', '"version": 2', 'version is 2 and was 1. Put that back'],
    [
      'backend',
      '"backend": "auto"',
      '"backend": "cpu"',
      'Put that back, and give --backend with the command instead.',
    ],
  ])('says that %s was changed, what it was and what to do', (key, from, to, message) => {
    const folder = make(`changed-${key}`);
    const text = readFileSync(folder.file('config.json'), 'utf8');
    expect(text).toContain(from);
    writeFileSync(folder.file('config.json'), text.replace(from, to));
    expect(() => RunFolder.open(folder.path)).toThrow(message);
    // Without a checkpoint to tell, at least that.
    rmSync(folder.file('checkpoints'), { recursive: true });
    expect(() => RunFolder.open(folder.path)).toThrow(UserError);
  });

  it('may be laid out otherwise', () => {
    const folder = make('laid-out');
    const text = readFileSync(folder.file('config.json'), 'utf8');
    for (const same of [`\uFEFF${text}`, text.replaceAll('\n', '\r\n'), JSON.stringify(JSON.parse(text))]) {
      writeFileSync(folder.file('config.json'), same);
      expect(RunFolder.open(folder.path).config).toEqual(config);
    }
  });

  it('of another run is refused by the checkpoints, and is written anew where it was deleted', () => {
    const folder = make('own');
    const other = RunFolder.create(join(parent, 'other'), { ...config, units: 7 });
    writeFileSync(folder.file('config.json'), readFileSync(other.file('config.json')));
    expect(() => RunFolder.open(folder.path).latestCheckpoint(noWarning)).toThrow('units is 7 and was 128.');
    rmSync(folder.file('config.json'));
    const warnings: string[] = [];
    expect(RunFolder.reopen(folder.path, (message) => warnings.push(message)).config).toEqual(config);
    expect(warnings[0]).toContain('It is written anew, as the run began.');
    expect(RunFolder.open(folder.path).config).toEqual(config);
  });
});

describe('temporary files of killed processes', () => {
  it('are cleared away by the first write in their folder; those of living ones stay', () => {
    for (const name of ['models', 'beside-results', 'checkpoints-of-a-run']) {
      const folder = join(parent, 'left', name);
      mkdirSync(folder, { recursive: true });
      const living = leftover.replace('4194304-1', `${process.pid}-0`);
      const elsewhere = leftover.replace(/^(\.hurwitz-1-).*?(-4194304)/, '$1another-machine$2');
      for (const each of [leftover, living, elsewhere]) writeFileSync(join(folder, each), 'half');
      writeFileAtomic(join(folder, 'new'), 'whole');
      expect(readdirSync(folder).sort()).toEqual([living, elsewhere, 'new'].sort());
    }
  });

  it('are folders too, where a run was being made', () => {
    const folder = join(parent, 'runs');
    mkdirSync(join(folder, leftover, 'checkpoints'), { recursive: true });
    RunFolder.create(join(folder, 'run'), config);
    expect(readdirSync(folder)).toEqual(['run']);
  });
});

describe('the metrics log', () => {
  const log = (name: string): MetricsLog => new MetricsLog(join(parent, name), 'Advice.');
  const entries = [0, 1, 2].map((epoch) => ({ step: 10 * epoch, stage: 's', epoch, loss: 1 / 3 }));

  it('leaves out a line that was cut short and rewinds to the lines of a checkpoint', () => {
    const metrics = log('metrics.jsonl');
    expect(metrics.read([])).toEqual([]);
    const sums = entries.map((entry) => metrics.append(entry));
    appendFileSync(join(parent, 'metrics.jsonl'), '{"step":30,"sta');
    expect(metrics.read(sums)).toEqual(entries);
    metrics.keep(sums.slice(0, 2));
    expect(metrics.read(sums.slice(0, 2))).toEqual(entries.slice(0, 2));
    expect(() => metrics.read(sums)).toThrow('line 3 is missing');
    const last = metrics.append({ step: 20, stage: 's', epoch: 2, loss: 0.25 });
    expect(metrics.read([...sums.slice(0, 2), last])).toHaveLength(3);
  });

  it('names the line of every flipped bit', () => {
    const metrics = log('flipped.jsonl');
    const sums = entries.map((entry) => metrics.append(entry));
    everyFlip(join(parent, 'flipped.jsonl'), () => {
      expect(() => metrics.read(sums)).toThrow(
        /flipped\.jsonl: line [123] is (missing|not what was written)/,
      );
      expect(() => metrics.keep(sums)).toThrow(UserError);
    });
  });

  it.each([0, 1, 2])('notices that line %i, from 0, is missing', (gone) => {
    const metrics = log(`gone-${gone}.jsonl`);
    const sums = entries.map((entry) => metrics.append(entry));
    const path = join(parent, `gone-${gone}.jsonl`);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.filter((_, i) => i !== gone).join('\n'));
    expect(() => metrics.read(sums)).toThrow(
      `line ${gone + 1} is missing. Put it back, or start anew. Advice.`,
    );
    rmSync(path);
    expect(() => metrics.keep(sums)).toThrow('line 1 is missing');
    expect(existsSync(path)).toBe(false);
  });
});
