import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hurwitz, start, temporaryFolder } from './command.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Everything of a finished run that must not depend on interruptions. */
function outcome(run: string): Record<string, string> {
  const path = join(folder, run);
  const newest = readdirSync(join(path, 'checkpoints')).sort().at(-1) as string;
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

/** Starts a run, kills it at a random moment, resumes, kills, ... and lets it end after `kills` kills. */
async function interruptedRun(
  args: string[],
  run: string,
  { kills, signal }: { kills: number; signal: NodeJS.Signals },
) {
  const random = pseudoRandom(kills);
  let interruptions = 0;
  let next = [...args, '--out', run];
  for (;;) {
    const { child, finished } = start(next, folder);
    if (interruptions < kills) {
      delay(900 + 1200 * (random.next().value as number)).then(() => child.kill(signal));
    }
    const { code, output } = await finished;
    if (code === 0) return interruptions;
    interruptions += 1;
    if (signal === 'SIGINT' && code !== 130) throw new Error(`exit code ${code}: ${output}`);
    // A process that was killed before it made its folder left nothing to resume.
    const started =
      readdirSync(folder).includes(run) && readdirSync(join(folder, run)).includes('config.json');
    next = started ? ['train', '--resume', run] : [...args, '--out', run];
  }
}

const tasks = {
  adding: 'train adding --length 12 --units 8 --batch-size 20 --epochs 2 --checkpoint-every 7',
  pendulum: 'train pendulum --length 8 --epochs 2 --checkpoint-every 5',
};

describe('a run that is killed and resumed ends bit for bit as one that was not', () => {
  it.each([
    ['adding', 'wasm', 'SIGKILL'],
    ['adding', 'wasm', 'SIGINT'],
    ['adding', 'cpu', 'SIGKILL'],
    ['pendulum', 'wasm', 'SIGKILL'],
  ] as const)(
    '%s on %s, by %s',
    async (task, backend, signal) => {
      const args = [...tasks[task].split(' '), '--backend', backend];
      const whole = `${task}-${backend}-${signal}-whole`;
      const broken = `${task}-${backend}-${signal}-broken`;
      const { code, output } = await hurwitz([...args, '--out', whole], folder);
      expect(code, output).toBe(0);
      const interruptions = await interruptedRun(args, broken, { kills: 3, signal });
      expect(interruptions).toBeGreaterThan(0);
      expect(outcome(broken)).toEqual(outcome(whole));
    },
    300_000,
  );

  it('with a damaged checkpoint, it goes on from the one before to the same end', async () => {
    const args = [...tasks.adding.split(' '), '--backend', 'wasm', '--out'];
    await hurwitz([...args, 'undamaged'], folder);
    const { child, finished } = start([...args, 'damaged'], folder);
    await delay(1800);
    child.kill('SIGKILL');
    await finished;
    const checkpoints = join(folder, 'damaged', 'checkpoints');
    const newest = join(
      checkpoints,
      readdirSync(checkpoints)
        .filter((name) => name.endsWith('.checkpoint'))
        .sort()
        .at(-1) as string,
    );
    const bytes = readFileSync(newest);
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    writeFileSync(newest, bytes);
    const { code, output } = await hurwitz(['train', '--resume', 'damaged'], folder);
    expect(output).toContain('is damaged: its checksum does not fit its content. The one before it is used.');
    expect(code).toBe(0);
    expect(outcome('damaged')).toEqual(outcome('undamaged'));
  }, 120_000);
});
