import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failures } from '../src/faults.js';
import { flips } from '../src/flips.js';
import { hostileData } from '../src/hostile-data.js';
import { hostileModels } from '../src/hostile-models.js';
import { type Job, makeJobs } from '../src/jobs.js';
import { kills } from '../src/kills.js';
import { Lab } from '../src/lab.js';
import type { Setting, Tally } from '../src/tally.js';

/** A busy machine takes many times as long. */
const patience = 600_000;

let scratch = '';
let jobs: { train: Job; parts: Job };
const lab = new Lab();
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'hurwitz-torture-'));
  jobs = await makeJobs(join(scratch, 'jobs'));
}, patience);
afterAll(async () => {
  await lab.close();
  rmSync(scratch, { recursive: true, force: true });
});

function setting(name: string): Setting {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  return { scratch: folder, seed: 1, print: () => {}, expired: () => false };
}

const tried = (rows: readonly Tally[]): number => rows.reduce((sum, row) => sum + row.tried, 0);
const wrong = (rows: readonly Tally[]) => rows.flatMap((row) => row.wrong);

describe('a small part of the torture, the same every time', () => {
  it('3 kills of a training and 2 of an experiment end in the bits of undisturbed ones', {
    timeout: patience,
  }, async () => {
    const rows = [
      ...(await kills(jobs.train, 3, setting('jobs'))),
      ...(await kills(jobs.parts, 2, setting('jobs'))),
    ];
    expect(wrong(rows)).toEqual([]);
    expect(tried(rows)).toBe(5);
  });

  it('a failing write of a training and one of an experiment are said, then made good', {
    timeout: patience,
  }, async () => {
    const rows = [
      ...(await failures(jobs.train, 1, setting('jobs'))),
      ...(await failures(jobs.parts, 1, setting('jobs'))),
    ];
    expect(wrong(rows)).toEqual([]);
    expect(tried(rows)).toBe(2);
  });

  it('30 spoilt files are refused, or change no number', { timeout: patience }, async () => {
    const rows = await flips(jobs, 30, { ...setting('jobs'), processEvery: Number.POSITIVE_INFINITY });
    expect(wrong(rows)).toEqual([]);
    expect(tried(rows)).toBe(30);
  });

  it('55 spoilt models and 11 hostile data sets are refused in a sentence, or read', {
    timeout: patience,
  }, async () => {
    const options = { lab, processEvery: Number.POSITIVE_INFINITY };
    const rows = [
      ...(await hostileModels(55, { ...setting('models'), ...options })),
      ...(await hostileData(11, { ...setting('data'), ...options })),
    ];
    expect(wrong(rows)).toEqual([]);
    expect(tried(rows)).toBe(66);
  });
});
