import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault } from './fault.js';

/** Where the bundles lie, from a source file and from a bundle alike. */
export const built = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

export type Program = 'hurwitz' | 'parts-process';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  out: string;
  err: string;
  seconds: number;
  timedOut: boolean;
}

/** Longer than any command here takes on a busy machine. */
const patience = 300_000;

/** Runs a command in a process of its own to its end, perhaps with a fault, or killed after some milliseconds. */
export function runProcess(
  program: Program,
  args: readonly string[],
  { cwd, fault, killAfter, shell }: { cwd: string; fault?: Fault; killAfter?: number; shell?: string },
): Promise<Ended> {
  const file = join(built, `${program}.js`);
  const nodeArgs =
    fault === undefined ? [file, ...args] : ['--import', join(built, 'fault.js'), file, ...args];
  const env = { ...process.env, NO_COLOR: '1', ...(fault && { HURWITZ_FAULT: JSON.stringify(fault) }) };
  const started = performance.now();
  const child =
    shell === undefined
      ? spawn(process.execPath, nodeArgs, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('bash', ['-c', `${shell}; exec "$@"`, 'bash', process.execPath, ...nodeArgs], {
          cwd,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  let timedOut = false;
  const killer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const guard = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, patience);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(killer);
      clearTimeout(guard);
      resolve({ code, signal, out, err, seconds: (performance.now() - started) / 1000, timedOut });
    });
  });
}

/** What TensorFlow.js says of itself on standard error. */
const banner = /=+\nHi, looks like you are running TensorFlow\.js[\s\S]*?\n=+\n/;

/** Why an ended command is no refusal in one sentence with exit code 1; undefined when it is. */
export function notRefused({ code, signal, err, timedOut }: Ended): string | undefined {
  if (timedOut) return 'it never ended';
  if (signal !== null) return `it ended by ${signal}`;
  if (code !== 1) return `exit code ${code}`;
  return notOneSentence(err.replace(banner, ''));
}

/** Why a text is no message for people; undefined when it is. */
export function notOneSentence(text: string): string | undefined {
  const said = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('Warning: ') && !line.startsWith('Measuring '));
  if (/\n\s+at |node:internal|file:\/\//.test(text)) return `a stack: ${text.slice(0, 400)}`;
  if (isOwnFault(text)) return `a fault of its own: ${text.slice(0, 400)}`;
  if (said.length === 0) return 'no message';
  if (said.length > 3 || text.length > 2000)
    return `a message of ${said.length} lines: ${text.slice(0, 400)}`;
  return undefined;
}

/** Whether a command says that the mistake is its own. */
export const isOwnFault = (text: string): boolean => text.includes('failed by a fault of its own');
