import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTrainedRun, readModelRecord, requireUnchanged, UserError } from '@hurwitz/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyFlip } from '../../../scripts/every-flip.js';
import { expectRefused, hurwitz, temporaryFolder } from './command.js';

let folder = '';
beforeAll(async () => {
  folder = temporaryFolder();
  const line = 'train adding --length 4 --units 2 --epochs 2 --batch-size 1000 --backend cpu --out whole';
  const { code, output } = await hurwitz(line.split(' '), folder);
  expect(code, output).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of the whole run. */
function copy(name: string): (...names: string[]) => string {
  cpSync(join(folder, 'whole'), join(folder, name), { recursive: true });
  return (...names) => join(folder, name, ...names);
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  writeFileSync(path, bytes);
}

const checkpoints = (file: ReturnType<typeof copy>): string[] =>
  readdirSync(file('checkpoints')).map((name) => file('checkpoints', name));

describe('one sentence, and not other numbers', () => {
  it.each(['train --resume', 'evaluate', 'analyse', 'spectrum'])(
    '%s of a run whose seed was changed in config.json',
    async (command) => {
      const file = copy('seed');
      edit(file('config.json'), '"seed": 1', '"seed": 2');
      await expectRefused([...command.split(' '), 'seed'], folder, 'seed is 2 and was 1. Put that back');
    },
  );

  it.each(['evaluate', 'analyse', 'spectrum'])(
    '%s of a run with a flipped bit in its weights',
    async (command) => {
      const file = copy('weights');
      flip(file('models', 'lipschitz', 'weights.bin'));
      const message =
        'weights.bin is damaged: its checksum does not fit its content. This writes it anew: hurwitz train --resume weights';
      await expectRefused([command, 'weights'], folder, message);
      rmSync(file(), { recursive: true });
    },
  );

  it('spectrum of a model.json of a run, or of its copy, with a flipped bit', async () => {
    const file = copy('model');
    flip(file('models', 'lipschitz', 'weights.bin'));
    renameSync(file('models', 'lipschitz'), file('elsewhere'));
    await expectRefused(
      ['spectrum', join('model', 'elsewhere', 'model.json')],
      folder,
      'weights.bin is damaged',
    );
  });

  it('--resume of a run with a changed line of metrics.jsonl', async () => {
    const file = copy('metrics');
    edit(file('metrics.jsonl'), '"epoch":0,"loss":0.', '"epoch":0,"loss":1.');
    const message = join(
      'metrics',
      'metrics.jsonl: line 1 is not what was written. Put it back, or start anew.',
    );
    await expectRefused(['train', '--resume', 'metrics'], folder, message);
    expect(readFileSync(file('metrics.jsonl'), 'utf8')).toContain('"loss":1.');
  });

  it('--resume of a run whose checkpoints are all damaged, twice, and gone', async () => {
    const file = copy('damaged');
    const metrics = readFileSync(file('metrics.jsonl'));
    for (const path of checkpoints(file)) flip(path);
    const message = join('damaged', 'checkpoints, so this run cannot go on.');
    await expectRefused(
      ['train', '--resume', 'damaged'],
      folder,
      `Every checkpoint is damaged in ${message}`,
    );
    await expectRefused(
      ['train', '--resume', 'damaged'],
      folder,
      `Every checkpoint is damaged in ${message}`,
    );
    rmSync(file('checkpoints'), { recursive: true });
    await expectRefused(['train', '--resume', 'damaged'], folder, `There is no checkpoint in ${message}`);
    expect(readFileSync(file('metrics.jsonl'))).toEqual(metrics);
    const { code, output } = await hurwitz(['evaluate', 'damaged'], folder);
    expect(code, output).toBe(0);
  });

  it.each([
    ['results.json', 'a folder'],
    ['models', 'a file'],
    ['metrics.jsonl', 'a folder'],
    ['checkpoints', 'a file'],
  ])('--resume of a run where %s is %s', async (name, what) => {
    const file = copy('other-kind');
    rmSync(file(name), { recursive: true });
    if (what === 'a file') writeFileSync(file(name), '');
    else mkdirSync(file(name));
    await expectRefused(['train', '--resume', 'other-kind'], folder, join('other-kind', name));
    rmSync(file(), { recursive: true });
  });
});

describe('what evaluate, analyse and spectrum read', () => {
  it('says which number of results.json was changed', () => {
    const file = copy('results');
    const results = JSON.parse(readFileSync(file('results.json'), 'utf8'));
    const { mse } = results.lipschitz;
    writeFileSync(file('results.json'), JSON.stringify({ lipschitz: { mse: 0.001 } }));
    expect(() => openTrainedRun(file(), {})).toThrow(
      `results.json was changed: lipschitz.mse is 0.001 and was ${mse}. This writes it anew: hurwitz train --resume`,
    );
    writeFileSync(file('results.json'), '{ "lipschitz": ');
    expect(() => openTrainedRun(file(), {})).toThrow('results.json is damaged: it is not JSON.');
    rmSync(file('results.json'));
    expect(openTrainedRun(file(), {}).stages).toEqual(['lipschitz']);
  });

  it.each(['model.json', 'weights.bin'])('with one flipped bit in %s is refused, or as it was', (name) => {
    const file = copy('flipped');
    const models = file('models', 'lipschitz');
    const record = readModelRecord(models, { advice: 'Advice.' });
    everyFlip(
      join(models, name),
      () => {
        let error: unknown;
        try {
          expect(readModelRecord(models, { advice: 'Advice.' })).toEqual(record);
        } catch (thrown) {
          error = thrown;
        }
        if (error === undefined) return expect(name).toBe('model.json');
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toMatch(/^.* (is damaged|has no checksum): .*\. Advice\.$/);
      },
      { stride: 7 },
    );
    expect(() => requireUnchanged(join(models, 'model.json'))).not.toThrow();
  });

  it('takes no stray folder of models for a stage', () => {
    const file = copy('stray');
    mkdirSync(file('models', '.cache'));
    writeFileSync(file('models', 'notes.txt'), '');
    expect(openTrainedRun(file(), {}).stages).toEqual(['lipschitz']);
  });
});
