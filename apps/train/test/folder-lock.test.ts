import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hurwitz, locks, start, temporaryFolder, until } from './command.js';

const adding = 'train adding --length 12 --units 8 --batch-size 20 --checkpoint-every 7 --backend cpu';
const train = (flags: string): string[] => `${adding} ${flags}`.split(' ');
const resume = (run: string): string[] => ['train', '--resume', run];

let folder = '';
const pathOf = (run: string): string => join(folder, run);
beforeAll(async () => {
  folder = temporaryFolder();
  expect((await hurwitz(train('--epochs 1 --out done'), folder)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The newest checkpoint of a run. */
const newest = (run: string): string | undefined =>
  readdirSync(join(pathOf(run), 'checkpoints'))
    .filter((name) => name.endsWith('.checkpoint'))
    .sort()
    .at(-1);

/** A training process that has written checkpoints and would go on for minutes. */
async function training(run: string) {
  const process = start(train(`--epochs 1000 --out ${run}`), folder);
  const checkpoints = join(pathOf(run), 'checkpoints');
  await until(() => existsSync(checkpoints) && readdirSync(checkpoints).length > 0, process);
  return process;
}

describe('a run folder is one process at a time', () => {
  it('a second process is refused with the folder, the first process and what to do; that one goes on', async () => {
    const first = await training('held');
    const { code, output } = await hurwitz(resume('held'), folder);
    expect(code).toBe(1);
    expect(output).toMatch(
      new RegExp(
        `held is in use by process ${first.child.pid} of this machine since \\d{4}-.+ UTC\\. Wait until`,
      ),
    );
    expect(output).not.toContain('    at ');
    expect(locks(pathOf('held'))).toHaveLength(1);
    first.child.kill('SIGINT');
    expect((await first.finished).code).toBe(130);
    expect(locks(pathOf('held'))).toEqual([]);
  });

  it('commands that only read are not refused', async () => {
    const held = join(pathOf('done'), 'elsewhere-7-0.lock');
    writeFileSync(held, '');
    const { code, output } = await hurwitz(['evaluate', 'done', '--backend', 'cpu'], folder);
    rmSync(held);
    expect(code, output).toBe(0);
  });

  it('a second Ctrl-C gives the folder back too', async () => {
    const { child, finished } = await training('twice');
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    expect(locks(pathOf('twice'))).toEqual([]);
  });

  it('an error gives the folder back', async () => {
    const diverging = '--epochs 1 --cell cayley --activation relu --optimizer sgd --learning-rate 1e20';
    const { code, output } = await hurwitz(train(`${diverging} --out diverged`), folder);
    expect(code, output).toBe(1);
    expect(output).toContain('The loss became');
    expect(locks(pathOf('diverged'))).toEqual([]);
  });

  it('of three that take over from a killed process at once, at most one goes on', async () => {
    const first = await training('inherited');
    first.child.kill('SIGKILL');
    await first.finished;
    expect(locks(pathOf('inherited'))).toHaveLength(1);
    const last = newest('inherited');
    const heirs = [0, 1, 2].map(() => start(resume('inherited'), folder));
    let ended = 0;
    const ends = heirs.map(async (heir) => {
      void heir.finished.then(() => ended++);
      await until(() => ended >= 2 && newest('inherited') !== last, heir);
      heir.child.kill('SIGINT');
      return heir.finished;
    });
    const codes = (await Promise.all(ends)).map(({ code, output }) => [code, output.includes('is in use')]);
    const refused = codes.filter(([code, inUse]) => code === 1 && inUse);
    const stopped = codes.filter(([code, inUse]) => code === 130 && !inUse);
    expect(stopped.length).toBeLessThanOrEqual(1);
    expect(refused.length + stopped.length, JSON.stringify(codes)).toBe(3);
  });

  it('two new runs that start at once get folders of their own', async () => {
    const both = [1, 2].map((seed) => hurwitz(train(`--epochs 1 --seed ${seed}`), folder));
    const ends = await Promise.all(both);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const seeds = ['adding-1', 'adding-2'].map(
      (run) => JSON.parse(readFileSync(join(pathOf('runs'), run, 'config.json'), 'utf8')).seed,
    );
    expect(seeds.sort()).toEqual([1, 2]);
  });
});

describe('a lock that was left', () => {
  const host = encodeURIComponent(hostname());
  const resumedWith = async (lock: string) => {
    const path = join(pathOf('done'), lock);
    writeFileSync(path, '');
    const end = await hurwitz(resume('done'), folder);
    const left = existsSync(path);
    rmSync(path, { force: true });
    return { ...end, left };
  };

  it.runIf(process.platform === 'linux')(
    'by a process whose number was given again is cleared away; one of the process that has it is not',
    async () => {
      const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
      const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
      const earlier = await resumedWith(`${host}-${process.pid}-${started - 1}.lock`);
      expect(earlier).toMatchObject({ code: 0, left: false });
      const now = await resumedWith(`${host}-${process.pid}-${started}.lock`);
      expect(now).toMatchObject({ code: 1, left: true });
    },
  );

  it('where start times are not known is cleared away only when its process has ended', async () => {
    const ended = start(['--version'], folder);
    await ended.finished;
    expect(await resumedWith(`${host}-${ended.child.pid}-0.lock`)).toMatchObject({ code: 0, left: false });
    expect(await resumedWith(`${host}-${process.pid}-0.lock`)).toMatchObject({ code: 1, left: true });
  });

  it('by another machine, which cannot be asked, is named to be deleted', async () => {
    const lock = 'node-7-4711-99.lock';
    const { code, output, left } = await resumedWith(lock);
    expect({ code, left }).toEqual({ code: 1, left: true });
    expect(output).toContain('in use by process 4711 of the machine node-7');
    expect(output).toContain(`delete ${join('done', lock)}`);
  });
});

it('two processes do not make the same experiment in one folder', async () => {
  const command = ['reproduce', 'truncation-fig1', '--backend', 'cpu'];
  const parts = join(pathOf('results'), 'truncation-fig1.parts');
  const first = start(command, folder);
  await until(() => locks(parts).length > 0, first);
  const { code, output } = await hurwitz(command, folder);
  first.child.kill('SIGKILL');
  await first.finished;
  expect(code).toBe(1);
  expect(output).toContain(`truncation-fig1.parts is in use by process ${first.child.pid}`);
});
