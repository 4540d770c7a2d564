import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine, markdownTable, timeText } from '@hurwitz/experiments';
import { built } from './processes.js';
import type { Tally } from './tally.js';

const docs = join(built, '..', '..', '..', 'docs');

/** All counts as a table in Markdown, with their sums. */
export function asTable(tallies: readonly Tally[]): string {
  const row = ({ part, what, tried, same, refused, wrong }: Omit<Tally, 'wrong'> & { wrong: number }) => [
    ...[part, what],
    ...[tried, same, refused, wrong].map((count) => count.toLocaleString('en')),
  ];
  const rows = tallies.map((each) => ({ ...each, wrong: each.wrong.length }));
  const sum = (key: 'tried' | 'same' | 'refused' | 'wrong'): number =>
    rows.reduce((total, each) => total + each[key], 0);
  const total = {
    part: 'all',
    what: '',
    tried: sum('tried'),
    same: sum('same'),
    refused: sum('refused'),
    wrong: sum('wrong'),
  };
  return markdownTable(['', 'what', 'tried', 'same numbers', 'refused', 'wrong'], [...rows, total].map(row));
}

/** Writes `docs/torture.md` and `docs/torture.json`. */
export function writeTallies(
  tallies: readonly Tally[],
  { seed, seconds }: { seed: number; seconds: number },
): void {
  const commit = execFileSync('git', ['rev-parse', '--short=10', 'HEAD'], {
    cwd: docs,
    encoding: 'utf8',
  }).trim();
  const provenance = {
    commit,
    date: new Date().toISOString().slice(0, 10),
    seed,
    seconds: Math.round(seconds),
    machine: machine(),
  };
  mkdirSync(docs, { recursive: true });
  writeFileSync(join(docs, 'torture.json'), `${JSON.stringify({ ...provenance, tallies }, null, 1)}\n`);
  writeFileSync(join(docs, 'torture.md'), page(tallies, provenance));
}

function page(
  tallies: readonly Tally[],
  provenance: { commit: string; date: string; seed: number; seconds: number; machine: string },
): string {
  const { commit, date, seed, seconds } = provenance;
  const faults = tallies.flatMap(({ part, what, wrong }) =>
    wrong.map(({ how, why }) => `- ${part}, ${what}: ${short(how)}: ${short(why)}`),
  );
  return `${[
    '# Torture',
    'What `npm run torture` did to the command `hurwitz`, and what came of it. This page is generated.',
    `Commit ${commit}, ${date}, seed ${seed}, ${timeText(seconds)} on ${provenance.machine}. Numbers: [torture.json](torture.json).`,
    explanation,
    asTable(tallies),
    ...(faults.length > 0 ? ['## Wrong', faults.join('\n')] : []),
  ].join('\n\n')}\n`;
}

const explanation = [
  '- **kills**: SIGKILL, at an operation on files (before it, after it, or with half of its bytes written) or at a random moment, again and again where the job goes on. Same: the job ends with every file bit for bit as an undisturbed one leaves it, and no file more. What a job says of its time is left out.',
  '- **failing disk**: an operation on files fails, once or from then on, or the disk or the size of a file is limited. Refused: one sentence and exit code 1, and the job then goes on to the bits of an undisturbed one.',
  '- **spoilt files**: one bit flipped (7 of 12), or the file cut, deleted, lengthened, partly zeroed, or swapped with that of another seed. Same: the command gives the numbers of the unspoilt file. Most run in one process, one of 40 in a process of its own.',
  '- **hostile** models and data: same means that it was read and computed with; refused, one sentence. None may take more than a minute.',
].join('\n');

const short = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);
