import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { expect, vi } from 'vitest';
import { makeProgram } from '../src/cli.js';
import { failureText } from '../src/failures/failure-text.js';

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

/** Runs `hurwitz` in this process, without its output. Returns what it says when it fails; undefined when it succeeds. */
export async function runInProcess(args: readonly string[]): Promise<string | undefined> {
  const said: string[] = [];
  const names = ['log', 'error', 'warn'] as const;
  const spies = names.map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
  try {
    const program = makeProgram();
    const commands = [program, ...program.commands, ...program.commands.flatMap((each) => each.commands)];
    for (const command of commands) {
      command.exitOverride().configureOutput({ writeErr: (text) => said.push(text), writeOut: () => {} });
    }
    await program.parseAsync(['node', 'hurwitz', ...args]);
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : said.join('');
    return failureText(error, { debug: false });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs `hurwitz` with a mistake: it says a message, without a stack, and fails. */
export async function expectRefused(args: string[], cwd: string, message: string): Promise<void> {
  const { code, output } = await hurwitz(args, cwd);
  expect(output).toContain(message);
  expect(output).not.toContain('    at ');
  expect(code).toBe(1);
}

/** Waits until something is true of a process's files, or the process has ended. */
export async function until(
  holds: () => boolean,
  { finished }: { finished: Promise<Finished> },
): Promise<void> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  finished.then(end, end);
  while (!over && !holds()) await delay(5);
}

/** The locks in a folder; none when there is no folder. */
export function locks(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.lock')) : [];
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hurwitz-train-'));
}
