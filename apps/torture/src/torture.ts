#!/usr/bin/env node
/**
 * Tortures the command `hurwitz` and writes what came of it: kills, failing disks, spoilt files, hostile models and data.
 * `npm run torture -- --kills 1000 --flips 10000 --seed 1 --minutes 60 --write`; after the minutes it stops with what was
 * done by then.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { failures, realLimits } from './faults.js';
import { flips } from './flips.js';
import { hostileData } from './hostile-data.js';
import { hostileModels } from './hostile-models.js';
import { makeJobs } from './jobs.js';
import { kills } from './kills.js';
import { Lab } from './lab.js';
import { asTable, writeTallies } from './report.js';
import { merged, type Tally } from './tally.js';

/** How often each thing is done, unless told. */
const defaults = { kills: 20, failures: 20, limits: 3, flips: 200, models: 200, data: 44 };
type Part = keyof typeof defaults;

const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' as const }])),
    seed: { type: 'string' },
    minutes: { type: 'string' },
    write: { type: 'boolean' },
    keep: { type: 'boolean' },
  },
});
const given = values as Record<string, string | boolean | undefined>;
const counts = Object.fromEntries(
  Object.entries(defaults).map(([name, count]) => [name, wholeNumber(name, given[name], count)]),
) as Record<Part, number>;
const seed = wholeNumber('seed', given['seed'], 1);
const minutes = wholeNumber('minutes', given['minutes'], 24 * 60);

function wholeNumber(name: string, text: string | boolean | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(String(text))) return Number(text);
  console.error(`--${name} takes a whole number, got ${text}.`);
  process.exit(2);
}

const scratch = mkdtempSync(join(tmpdir(), 'hurwitz-torture-'));
const started = performance.now();
const print = (line: string): void =>
  console.error(`${Math.round((performance.now() - started) / 1000)} s: ${line}`);
const expired = (): boolean => performance.now() - started > minutes * 60_000;
/** All jobs lie beside the text that they read; every part has random numbers of its own. */
const setting = (name: 'jobs' | 'models' | 'data', offset: number) => ({
  ...{ scratch: join(scratch, name), seed: seed * 100 + offset },
  ...{ print, expired },
});

const jobs = await makeJobs(join(scratch, 'jobs'));
const { train, parts } = jobs;
print(
  `undisturbed: ${train.operations} and ${parts.operations} operations on files, ${train.seconds.toFixed(1)} and ${parts.seconds.toFixed(1)} s`,
);
/** Half of the flips and of the kills each go on beside the other half: one core alone would wait for the other's disk. */
const halves = (count: number): [number, number] => [Math.ceil(count / 2), Math.floor(count / 2)];
const [kills1, kills2] = halves(Math.ceil(counts.kills * 0.7));
const [flips1, flips2] = halves(counts.flips);
const tallies = merged(
  await Promise.all([
    hostile(),
    flips(jobs, flips1, setting('jobs', 1)),
    flips(jobs, flips2, setting('jobs', 2)),
    kills(train, kills1, setting('jobs', 3)),
    kills(train, kills2, setting('jobs', 4)),
    kills(parts, Math.floor(counts.kills * 0.3), setting('jobs', 5)),
    disks(),
  ]),
);

async function hostile(): Promise<Tally[]> {
  const lab = new Lab(60_000);
  const models = await hostileModels(counts.models, { ...setting('models', 6), lab });
  const data = await hostileData(counts.data, { ...setting('data', 7), lab });
  await lab.close();
  return [...models, ...data];
}

async function disks(): Promise<Tally[]> {
  return [
    ...(await realLimits(train, counts.limits, setting('jobs', 10))),
    ...(await failures(train, Math.ceil(counts.failures * 0.7), setting('jobs', 8))),
    ...(await failures(parts, Math.floor(counts.failures * 0.3), setting('jobs', 9))),
  ];
}

if (given['keep'] !== true) rmSync(scratch, { recursive: true, force: true });

const seconds = (performance.now() - started) / 1000;
console.log(asTable(tallies));
if (given['write'] === true) writeTallies(tallies, { seed, seconds });
process.exitCode = tallies.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
