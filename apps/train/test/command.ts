import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'index.js');

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** A `hurwitz` process and its end. */
export function start(
  args: string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): { child: ChildProcess; finished: Promise<Finished> } {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  return { child, finished };
}

/** Runs `hurwitz` to its end. */
export function hurwitz(args: string[], cwd: string, environment?: NodeJS.ProcessEnv): Promise<Finished> {
  return start(args, cwd, environment).finished;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hurwitz-train-'));
}
