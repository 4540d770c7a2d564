import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { type Job, newFolder } from './jobs.js';
import { Lab, type Task } from './lab.js';
import { notOneSentence, notRefused, runProcess } from './processes.js';
import { Random } from './random.js';
import { numbersFile } from './small-parts.js';
import { spoil, spoilings } from './spoil.js';
import { noteWrong, type Setting, type Tally, tally } from './tally.js';
import { contentOf, filesBelow, trainArguments, untimed } from './tiny-run.js';

/** Something on disk to spoil, what is done with it then, and what must come out. */
interface Subject {
  name: string;
  /** A folder to copy, unspoilt. */
  pristine: string;
  /** The same of another seed, for swapping; unless it has none. */
  other?: string;
  /** Files worth spoiling, by their path. */
  files: string[];
  task: (folder: string, file: string) => Task;
  /** What counts in the end, as text. */
  result: (folder: string, text: string, spoilt: string) => string;
  /** The same command as a process. */
  process?: (folder: string, file: string) => readonly string[];
}

/**
 * Spoils one file of a run, of an experiment's parts or of a downloaded data set at a time, and runs what reads it. It must
 * refuse it in one sentence, or come to the same numbers; one of `processEvery` runs as a process of its own.
 */
export async function flips(
  jobs: { train: Job; parts: Job },
  count: number,
  { scratch, seed, print, expired, processEvery = 40 }: Setting & { processEvery?: number },
): Promise<Tally[]> {
  const random = new Random(seed);
  const lab = new Lab();
  const served = await serveFile();
  const subjects = [
    ...(await runSubjects(jobs, scratch)),
    await partsSubject(jobs.parts, scratch),
    served.subject(scratch),
  ];
  const rows = new Map<string, Tally>();
  const work = join(newFolder(scratch), 'work');
  let done = 0;
  try {
    const wanted: Record<string, string>[] = [];
    for (const subject of subjects) wanted.push(await reference(subject, work, lab));
    while (done < count && !expired()) {
      const i = random.below(subjects.length);
      const subject = subjects[i]!;
      const file = random.pick(subject.files);
      const how = random.pick(spoilings);
      fresh(subject.pristine, work);
      const other = subject.other && join(subject.other, file);
      const spoilt = spoil(join(work, file), how, {
        random,
        other: other && existsSync(other) ? other : undefined,
      });
      if (spoilt === undefined) continue;
      const row = rowFor(rows, subject.name, file);
      row.tried += 1;
      done += 1;
      const asProcess = subject.process !== undefined && done % processEvery === 0;
      const outcome = asProcess
        ? await processOutcome(subject, work, file)
        : await labOutcome(subject, work, file, lab);
      if (outcome.refused) row.refused += 1;
      else if (outcome.result === wanted[i]![file]) row.same += 1;
      else
        noteWrong(row, { how: `${file}: ${spoilt}`, why: outcome.why ?? 'other numbers, and no word of it' });
      if (done % 250 === 0)
        print(`${done} files spoilt, ${[...rows.values()].flatMap(({ wrong }) => wrong).length} wrong`);
    }
  } finally {
    await lab.close();
    served.close();
  }
  return [...rows.values()];
}

interface Outcome {
  refused: boolean;
  result?: string;
  why?: string;
}

async function labOutcome(subject: Subject, work: string, file: string, lab: Lab): Promise<Outcome> {
  const { outcome, text } = await lab.run(subject.task(work, file));
  if (outcome === 'done') return { refused: false, result: subject.result(work, text, file) };
  const why = outcome === 'refused' ? notOneSentence(text) : `${outcome}: ${text}`;
  return { refused: why === undefined, why };
}

async function processOutcome(subject: Subject, work: string, file: string): Promise<Outcome> {
  const ended = await runProcess('hurwitz', subject.process!(work, file), { cwd: dirname(work) });
  if (ended.code === 0) return { refused: false, result: subject.result(work, `${ended.out}`.trim(), file) };
  const why = notRefused(ended);
  return { refused: why === undefined, why };
}

/** The right result, for each file that may be spoilt. */
async function reference(subject: Subject, work: string, lab: Lab): Promise<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const file of subject.files) {
    fresh(subject.pristine, work);
    const { outcome, text } = await lab.run(subject.task(work, file));
    if (outcome !== 'done') throw new Error(`${subject.name}, unspoilt: ${outcome}: ${text}`);
    results[file] = subject.result(work, text, file);
  }
  return results;
}

function fresh(pristine: string, work: string): void {
  rmSync(work, { recursive: true, force: true });
  cpSync(pristine, work, { recursive: true });
}

function rowFor(rows: Map<string, Tally>, part: string, file: string): Tally {
  const what = file.includes('.checkpoint')
    ? 'checkpoint'
    : file.startsWith('part-') || file.includes('/part-')
      ? 'part'
      : basename(file);
  const key = `${part} ${what}`;
  const row = rows.get(key) ?? tally(part, what);
  rows.set(key, row);
  return row;
}

/** Run folders: one that has ended, read and gone on with, and one that was killed half-way. */
async function runSubjects({ train }: { train: Job }, scratch: string): Promise<Subject[]> {
  const [ended, killed, otherSeed] = [newFolder(scratch), newFolder(scratch), newFolder(scratch)];
  await train.go(ended);
  await train.go(killed, { fault: { at: Math.floor(train.operations * 0.55), how: 'before' } });
  await runProcess('hurwitz', [...trainArguments(otherSeed), '--seed', '2'], { cwd: otherSeed });
  // Without what a killed process leaves, so that every file is one that counts.
  const counts = (file: string): boolean => !/\.(tmp|lock)$/.test(file);
  const files = filesBelow(join(ended, 'run')).filter(counts);
  const other = join(otherSeed, 'run');
  const evaluate = (folder: string): readonly string[] => ['evaluate', folder, '--backend', 'cpu'];
  const resume = (folder: string): readonly string[] => ['train', '--resume', folder];
  const spectrum = (folder: string): readonly string[] => [
    'spectrum',
    folder,
    '--backend',
    'cpu',
    '--sequences',
    '1',
  ];
  const left = (folder: string, _: string, spoilt: string): string => numbersOf(folder, spoilt);
  const subject = (
    name: string,
    at: string,
    args: (folder: string) => readonly string[],
    own: Pick<Subject, 'files' | 'result'>,
  ): Subject => ({
    name,
    pristine: join(at, 'run'),
    other,
    task: (folder) => ({ kind: 'command', args: args(folder) }),
    process: args,
    ...own,
  });
  const models = files.filter((file) => /^(config\.json|models\/)/.test(file));
  return [
    subject('spoilt run, evaluate', ended, evaluate, { files: models, result: (_, text) => text.trim() }),
    subject('spoilt run, spectrum', ended, spectrum, {
      files: models,
      result: (folder) => textOf(join(folder, 'spectrum.json')),
    }),
    subject('spoilt run, --resume', ended, resume, { files, result: left }),
    subject('spoilt killed run, --resume', killed, resume, {
      files: filesBelow(join(killed, 'run')).filter(counts),
      result: left,
    }),
  ];
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : 'missing');

/** The numbers that a run leaves, but for a spoilt file that nobody writes again. */
function numbersOf(folder: string, spoilt: string): string {
  const kept = [...contentOf(folder)].filter(
    ([name]) =>
      /^(metrics|results|report|models)/.test(name) && name !== spoilt && !name.endsWith('model.json'),
  );
  return JSON.stringify(kept);
}

async function partsSubject(parts: Job, scratch: string): Promise<Subject> {
  const killed = newFolder(scratch);
  await parts.go(killed, { fault: { at: Math.floor(parts.operations * 0.7), how: 'before' } });
  const files = filesBelow(killed).filter((file) => /\.json$/.test(file));
  return {
    name: 'spoilt parts of an experiment',
    pristine: killed,
    files,
    task: (folder) => ({ kind: 'parts', out: join(folder, 'out') }),
    result: (folder) => untimed(textOf(numbersFile(join(folder, 'out')))),
  };
}

/** A downloaded file with a checksum, whose server is on this machine. */
async function serveFile() {
  const content = Buffer.from(Array.from({ length: 2000 }, (_, i) => (i * i) % 251));
  const server = createServer((_, response) => response.end(content));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = {
    name: 'numbers.bin',
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  const source = { name: 'numbers', mirrors: [`http://127.0.0.1:${port}/`], files: [file] };
  return {
    close: () => server.close(),
    subject: (scratch: string): Subject => {
      const pristine = newFolder(scratch);
      mkdirSync(pristine, { recursive: true });
      writeFileSync(join(pristine, file.name), content);
      return {
        name: 'spoilt data set, fetched again',
        pristine,
        files: [file.name],
        task: (folder) => ({ kind: 'fetch', source, folder }),
        result: (folder) => readFileSync(join(folder, file.name), 'base64'),
      };
    },
  };
}
