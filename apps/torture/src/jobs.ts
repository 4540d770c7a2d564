import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault as InjectedFault } from './fault.js';
import type { Ended } from './processes.js';
import { runProcess } from './processes.js';
import { contentOf, continueArguments, writeTinyText } from './tiny-run.js';

/** A job in files that can be interrupted and gone on with. */
export interface Job {
  name: string;
  /** Starts it in a folder, or goes on with it. */
  go(folder: string, options?: { fault?: InjectedFault; killAfter?: number; shell?: string }): Promise<Ended>;
  /** Of an undisturbed one. */
  content: Map<string, string>;
  /** Operations on files of an undisturbed one. */
  operations: number;
  seconds: number;
}

/** A training and an experiment of twelve parts, each run undisturbed once. */
export async function makeJobs(scratch: string): Promise<{ train: Job; parts: Job }> {
  writeTinyText(join(scratch, 'text'));
  return {
    train: await undisturbed('hurwitz train', scratch, (cwd, options) =>
      runProcess('hurwitz', continueArguments(cwd), { cwd, ...options }),
    ),
    parts: await undisturbed('hurwitz reproduce', scratch, (cwd, options) =>
      runProcess('parts-process', ['out'], { cwd, ...options }),
    ),
  };
}

async function undisturbed(name: string, scratch: string, go: Job['go']): Promise<Job> {
  const folder = newFolder(scratch);
  const report = join(scratch, `${name.replace(' ', '-')}.operations`);
  const ended = await go(folder, { fault: { at: 0, how: 'before', report } });
  if (ended.code !== 0) throw new Error(`${name} fails undisturbed: ${ended.err}`);
  const operations = Number(readFileSync(report, 'utf8'));
  return { name, go, content: contentOf(folder), operations, seconds: ended.seconds };
}

let made = 0;

/** An empty folder in which a job can lie. */
export function newFolder(scratch: string): string {
  mkdirSync(scratch, { recursive: true });
  made += 1;
  return mkdtempSync(join(scratch, `${made}-`));
}
