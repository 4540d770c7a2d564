import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hurwitz, temporaryFolder } from './command.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines = (run: string): Record<string, number>[] =>
  readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('--test-each-epoch', () => {
  it('logs what the test set gives after each epoch, and changes nothing else', async () => {
    const args = ['train', 'adding', '--length', '8', '--units', '4', '--epochs', '2', '--backend', 'wasm'];
    await hurwitz([...args, '--out', 'plain'], folder);
    await hurwitz([...args, '--out', 'tested', '--test-each-epoch'], folder);
    const [tested, plain] = [lines('tested'), lines('plain')];
    expect(tested.map(({ test_mse: _, ...rest }) => rest)).toEqual(plain);
    const best = plain.reduce(
      (held, { validation_mse }, i) =>
        (validation_mse as number) < (plain[held]?.['validation_mse'] as number) ? i : held,
      0,
    );
    const results = JSON.parse(readFileSync(join(folder, 'plain', 'results.json'), 'utf8'));
    expect(JSON.stringify(results)).toContain(String(tested[best]?.['test_mse']));
  });
});
