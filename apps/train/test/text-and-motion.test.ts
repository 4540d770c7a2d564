import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, hurwitz, stopWhen, temporaryFolder } from './command.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  const text = 'abcdefgh'.repeat(500); // the next character is certain
  mkdirSync(join(folder, 'text'));
  writeFileSync(join(folder, 'text', 'input.txt'), text);
  for (const part of ['train', 'test']) {
    const path = join(folder, 'motion', part, 'turning');
    mkdirSync(path, { recursive: true });
    const pose = (i: number): string => `${Math.cos(0.1 * i)},${Math.sin(0.1 * i)},5`;
    const frames = Array.from({ length: part === 'train' ? 2000 : 300 }, (_, i) => pose(i));
    writeFileSync(join(path, 'turning_1.txt'), frames.join('\n'));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const charRnn =
  'train char-rnn --data-dir text --length 16 --units 12 --batch-size 10 --learning-rate 0.02 --backend wasm';
const mocap =
  'train mocap --data-dir motion --length 8 --units 12 --batch-size 10 --learning-rate 0.02 --backend wasm';

async function run(line: string): Promise<string> {
  const { code, output } = await hurwitz(line.split(' '), folder);
  expect(code, output).toBe(0);
  return output;
}

const result = (out: string): Record<string, Record<string, number>> =>
  JSON.parse(readFileSync(join(folder, out, 'results.json'), 'utf8'));

describe('char-rnn', () => {
  it('learns a text whose next character is certain to 99%, evaluates to the same numbers, and is analysed', async () => {
    const output = await run(`${charRnn} --epochs 4 --init-range 0.2 --out certain`);
    expect(result('certain')['lstm']!['accuracy']).toBeGreaterThan(0.99);
    const measured = /test loss [\d.]+, test accuracy [\d.]+/.exec(output)?.[0];
    expect(await run('evaluate certain')).toContain(measured);
    expect(await run('analyse certain')).toContain('lstm');
  });

  it.each(['vanilla', 'gru', 'lipschitz'])('runs with --cell %s', async (cell) => {
    await run(`${charRnn} --cell ${cell} --epochs 1 --out ${cell}`);
    expect(result(cell)[cell]!['loss']).toBeLessThan(Math.log(8));
    await run(`analyse ${cell}`);
  });

  it('draws the same dropout masks when it is stopped and resumed', async () => {
    const line = `${charRnn} --dropout 0.3 --checkpoint-every 1`;
    await run(`${line} --epochs 3 --out whole`);
    const { code } = await stopWhen(`${line} --epochs 3 --out broken`.split(' '), folder, {
      signal: 'SIGINT',
      holds: ({ said }) => said().includes('epoch 1/'),
      restore: () => rmSync(join(folder, 'broken'), { recursive: true }),
    });
    expect(code).toBe(130);
    await run('train --resume broken');
    for (const file of ['metrics.jsonl', 'results.json', join('models', 'lstm', 'weights.bin')]) {
      expect(readFileSync(join(folder, 'broken', file))).toEqual(readFileSync(join(folder, 'whole', file)));
    }
    await run(`${charRnn} --epochs 3 --out without`);
    expect(result('without')).not.toEqual(result('whole'));
  });

  it('starts every weight of the layer in U(-p, p)', async () => {
    // So small a step leaves the weights where they started, to four digits.
    await run(
      `${charRnn} --epochs 1 --learning-rate 1e-9 --init-range 0.05 --out initial`.replace(
        '--learning-rate 0.02 ',
        '',
      ),
    );
    const bytes = readFileSync(join(folder, 'initial', 'models', 'lstm', 'weights.bin'));
    const layer = 8 * 48 + 12 * 48 + 48;
    const weights = Array.from(new Float32Array(new Uint8Array(bytes).buffer).subarray(0, layer));
    expect(Math.max(...weights.map(Math.abs))).toBeLessThan(0.0501);
    const variance = weights.reduce((sum, weight) => sum + weight ** 2, 0) / layer;
    expect(Math.abs(variance / (0.05 ** 2 / 3) - 1)).toBeLessThan(0.15);
  });
});

describe('mocap', () => {
  it('learns a rotation to a mean squared error below 0.01 of its variance, and evaluates to the same', async () => {
    const output = await run(`${mocap} --epochs 10 --out turning`);
    expect(result('turning')['lstm']!['mse']).toBeLessThan(0.01);
    expect(await run('evaluate turning')).toContain(/test mse [\d.]+/.exec(output)?.[0]);
  });
});

it.each([
  ['train char-rnn', 'char-rnn needs --data-dir'],
  ['train mocap', 'mocap needs --data-dir'],
  ['train char-rnn --data-dir motion', 'the text input.txt, each plain or with .gz, got no input.txt'],
  ['train mocap --data-dir text', 'expected clips train/<action>/*.txt, got none'],
  ['train char-rnn --data-dir text --dropout 1', '--dropout: must lie in [0, 1), got 1.'],
  ['train char-rnn --data-dir text --init-range 0', '--init-range: must be greater than 0, got 0.'],
  ['train mocap --data-dir motion --permutation seeded', '--permutation means nothing to the task mocap.'],
  ['train char-rnn --data-dir text --length 4000', 'at least 4001 characters'],
])('%s is refused in words', async (line, message) => {
  await expectRefused(line.split(' '), folder, message);
});
