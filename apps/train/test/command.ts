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

export interface Started {
  child: ChildProcess;
  /** Its output so far. */
  said: () => string;
  finished: Promise<Finished>;
}

/** A `hurwitz` process and its end. */
export function start(args: string[], cwd: string, environment: NodeJS.ProcessEnv = {}): Started {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [bin, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  return { child, said: () => output, finished };
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
    if (!(error instanceof CommanderError)) return failureText(error, { debug: false });
    if (error.exitCode === 0) return undefined;
    expect(error.exitCode).toBe(1);
    return said.join('');
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
export async function until(holds: () => boolean, { finished }: Pick<Started, 'finished'>): Promise<void> {
  let over = false;
  const end = (): void => {
    over = true;
  };
  finished.then(end, end);
  while (!over && !holds()) await delay(5);
}

interface Stop {
  signal: NodeJS.Signals;
  /** Whether it is time to stop the process, in the first attempt, 0, and those after it. */
  holds: (process: Started, attempt: number) => boolean;
  /** Milliseconds to wait then, in the first attempt. */
  wait?: number;
  /** Puts the files back as they were before the process started. */
  restore: () => void;
}

/**
 * Stops a process by a signal once something holds. Where the process came to its end before the signal, as on a machine that
 * is busy, its files are put back and it is started again.
 */
export async function stopWhen(
  args: string[],
  cwd: string,
  { signal, holds, wait = 0, restore }: Stop,
): Promise<Finished> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const process = start(args, cwd);
    await until(() => holds(process, attempt), process);
    if (attempt === 0) await delay(wait);
    process.child.kill(signal);
    const end = await process.finished;
    // Past its work it no longer turns Ctrl-C into an exit code.
    const over = end.code === 0 || end.signal === 'SIGINT' || end.output.includes('Report:');
    if (!over) return end;
    restore();
  }
  throw new Error(`hurwitz ${args.join(' ')}: ended 20 times before it could be stopped`);
}

/** The locks in a folder; none when there is no folder. */
export function locks(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.lock')) : [];
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hurwitz-train-'));
}
