import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, hurwitz, locks, stopWhen, temporaryFolder } from './command.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'words'));
  const word = (i: number): string => ((i * i + (i >> 3)) % 9 === 0 ? '\n' : ` w${(i * i + (i >> 2)) % 9} `);
  for (const [name, count] of Object.entries({ train: 6001, valid: 60, test: 60 })) {
    const text = Array.from({ length: count }, (_, i) => word(i)).join('');
    writeFileSync(join(folder, 'words', `ptb.${name}.txt`), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Everything of a finished run that must not depend on interruptions. */
function outcome(run: string): Record<string, string> {
  const path = join(folder, run);
  const names = readdirSync(join(path, 'checkpoints')).filter((name) => name.endsWith('.checkpoint'));
  const newest = names.sort().at(-1) as string;
  const files = ['metrics.jsonl', 'results.json', join('checkpoints', newest)];
  const models = readdirSync(join(path, 'models')).map((name) => join('models', name, 'weights.bin'));
  return Object.fromEntries(
    [...files, ...models].map((name) => [name, readFileSync(join(path, name), 'base64')]),
  );
}

/** A generator of delays that is the same in every run of the test. */
function* pseudoRandom(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

/** The step of a run's newest checkpoint; 0 before there is one. */
function reached(run: string): number {
  const checkpoints = join(folder, run, 'checkpoints');
  if (!existsSync(checkpoints)) return 0;
  const names = readdirSync(checkpoints).filter((name) => name.endsWith('.checkpoint'));
  return Math.max(0, ...names.map((name) => Number(/\d+/.exec(name)?.[0])));
}

/** Lets a run go on until a random moment after it has passed a step, at the first attempt, then sends it a signal. */
function stopPast(step: number, run: string, { args, signal, wait }: Stop): Promise<Finished> {
  const from = reached(run);
  const path = join(folder, run);
  const before = `${path}-before`;
  rmSync(before, { recursive: true, force: true });
  if (existsSync(path)) cpSync(path, before, { recursive: true });
  return stopWhen(args, folder, {
    signal,
    wait,
    holds: (_, attempt) => reached(run) >= from + Math.max(1, (step - from) / 2 ** attempt),
    restore: () => {
      rmSync(path, { recursive: true });
      if (existsSync(before)) cpSync(before, path, { recursive: true });
    },
  });
}

interface Stop {
  args: string[];
  signal: NodeJS.Signals;
  wait: number;
}

/** A run that is stopped at three random moments and resumed each time; returns how it ended. */
async function interruptedRun(
  args: string[],
  run: string,
  { steps, signal }: { steps: number; signal: NodeJS.Signals },
) {
  const random = pseudoRandom(steps);
  let next = [...args, '--out', run];
  for (const third of [0, 1, 2]) {
    const step = Math.floor(((third + 0.9 * (random.next().value as number)) * steps) / 3);
    const wait = 30 * (random.next().value as number);
    const { code, output } = await stopPast(step, run, { args: next, signal, wait });
    expect(code, output).toBe(signal === 'SIGINT' ? 130 : null);
    expect(output).not.toContain('Report:');
    expect(locks(join(folder, run)), 'only a killed process leaves its lock').toHaveLength(
      signal === 'SIGINT' ? 0 : 1,
    );
    next = ['train', '--resume', run];
  }
  const { code, output } = await hurwitz(next, folder);
  expect(code, output).toBe(0);
  expect(locks(join(folder, run))).toEqual([]);
}

const tasks = {
  adding: {
    line: 'train adding --length 12 --units 8 --batch-size 20 --epochs 2 --checkpoint-every 7',
    steps: 1000,
  },
  certified: {
    line: 'train adding --length 12 --units 8 --init-std 8 --batch-size 20 --epochs 2 --checkpoint-every 7 --certify',
    steps: 1000,
  },
  carried: {
    line: 'train ptb --data-dir words --units 6 --batch-size 4 --length 5 --epochs 2 --checkpoint-every 7 --dropout 0.3',
    steps: 600,
  },
  truncated: {
    line: 'train ptb --data-dir words --cell vanilla --units 6 --batch-size 4 --length 5 --epochs 2 --checkpoint-every 7 --truncate 3 --stable 0.8',
    steps: 600,
  },
  pendulum: { line: 'train pendulum --length 8 --epochs 2 --checkpoint-every 5', steps: 128 },
};

describe('a run that is killed and resumed ends bit for bit as one that was not', () => {
  it.each([
    ['adding', 'wasm', 'SIGKILL'],
    ['adding', 'wasm', 'SIGINT'],
    ['adding', 'cpu', 'SIGKILL'],
    ['certified', 'wasm', 'SIGKILL'],
    ['carried', 'wasm', 'SIGKILL'],
    ['truncated', 'wasm', 'SIGINT'],
    ['pendulum', 'wasm', 'SIGKILL'],
  ] as const)('%s on %s, by %s', async (task, backend, signal) => {
    const { line, steps } = tasks[task];
    const args = [...line.split(' '), '--backend', backend];
    const whole = `${task}-${backend}-${signal}-whole`;
    const broken = `${task}-${backend}-${signal}-broken`;
    const { code, output } = await hurwitz([...args, '--out', whole], folder);
    expect(code, output).toBe(0);
    await interruptedRun(args, broken, { steps, signal });
    expect(outcome(broken)).toEqual(outcome(whole));
  });

  it('with a damaged checkpoint, it goes on from the one before to the same end', async () => {
    const args = [...tasks.adding.line.split(' '), '--backend', 'wasm', '--out'];
    await hurwitz([...args, 'undamaged'], folder);
    await stopPast(200, 'damaged', { args: [...args, 'damaged'], signal: 'SIGKILL', wait: 0 });
    const checkpoints = join(folder, 'damaged', 'checkpoints');
    const names = readdirSync(checkpoints).filter((name) => name.endsWith('.checkpoint'));
    const newest = join(checkpoints, names.sort().at(-1) as string);
    const bytes = readFileSync(newest);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(newest, bytes);
    const { code, output } = await hurwitz(['train', '--resume', 'damaged'], folder);
    expect(output).toContain('is damaged: its checksum does not fit its content. The one before it is used.');
    expect(code).toBe(0);
    expect(outcome('damaged')).toEqual(outcome('undamaged'));
  });
});
