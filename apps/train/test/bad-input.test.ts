import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolder } from '@hurwitz/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefused, hurwitz, temporaryFolder } from './command.js';

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'there', 'file'), '');
  mkdirSync(join(folder, 'empty-data'));
  for (const [name, test] of Object.entries({
    'unknown-word': 'the land',
    'no-text': '',
    latin: Buffer.from([0x63, 0xe9]),
  })) {
    mkdirSync(join(folder, name));
    for (const part of ['train', 'valid']) writeFileSync(join(folder, name, `ptb.${part}.txt`), 'the sea\n');
    writeFileSync(join(folder, name, 'ptb.test.txt'), test);
  }
  mkdirSync(join(folder, 'old-run'));
  writeFileSync(join(folder, 'old-run', 'config.json'), '{ "version": 0 }');
  mkdirSync(join(folder, 'cut-run'));
  writeFileSync(join(folder, 'cut-run', 'config.json'), '{ "version": ');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('hurwitz says what is wrong and what to do', () => {
  it.each([
    ['train pendulm', 'Unknown task pendulm. Did you mean pendulum?'],
    ['train', 'expected a task (pendulum, pixel-mnist'],
    ['tarin pendulum', "unknown command 'tarin'"],
    ['train pixel-mnist --unit 3', '(Did you mean --units?)'],
    ['train adding --cell lipschtiz', '--cell: unknown lipschtiz. Did you mean lipschitz?'],
    ['train adding --units 0', '--units: must be at least 1, got 0.'],
    ['train adding --epsilon -1', '--epsilon: must be greater than 0, got -1.'],
    ['train adding --beta-a 2', '--beta-a: must lie in [0, 1], got 2.'],
    ['train adding --scheme rk5', 'rk4'],
    ['train pendulum --units 3', '--units means nothing to the task pendulum.'],
    ['train pendulum --gated', '--gated means nothing to the task pendulum.'],
    ['train pixel-mnist', 'pixel-mnist needs --data-dir'],
    ['train pixel-mnist --data-dir nowhere', 'nowhere'],
    ['train pixel-mnist --data-dir empty-data', 'train-images-idx3-ubyte'],
    ['train ptb', 'ptb needs --data-dir'],
    ['train wikitext-2 --data-dir empty-data', 'no train.txt, no valid.txt, no test.txt'],
    ['train ptb --data-dir unknown-word', '"land" in line 1'],
    ['train ptb --data-dir no-text', 'a text with at least one word'],
    ['train ptb --data-dir latin', 'a text in UTF-8'],
    ['train ptb --data-dir unknown-word --truncate 36', '--truncate: must be at most --length, 35, got 36.'],
    ['train ptb --truncate 0', '--truncate: must be at least 1, got 0.'],
    ['train adding --truncate 3', '--truncate means nothing to the task adding.'],
    ['train ptb --stable 1', '--stable: must be less than 1, got 1.'],
    ['train ptb --stable 0.5', '--stable: must be at least 0.82 for an LSTM'],
    ['train ptb --cell gru --stable 0.9', '--stable needs --cell vanilla or lstm'],
    ['train adding --cell lipschitz --stable 0.9', '--stable needs --cell vanilla or lstm'],
    ['train mocap --stable 0.9', '--stable means nothing to the task mocap.'],
    ['train pendulum --out there', 'The run folder there exists already.'],
    ['train --resume nowhere', 'nowhere is not a run folder'],
    ['train --resume old-run', 'config version 0; this hurwitz reads version 1'],
    ['train --resume cut-run', 'Cannot read'],
    ['train --resume there --out else', 'is not a run folder'],
    ['train adding --preset lipschitz-euler-64', 'is a row of pixel-mnist'],
    ['train pixel-mnist --preset lipschitz-euler-63', 'Did you mean lipschitz-euler-64?'],
    ['train adding --cell vanilla --gated', '--gated means nothing to the cell vanilla. Leave it out.'],
    ['train adding more', '(hurwitz train --help shows what it takes)'],
    ['evaluate there', 'there is not a run folder'],
    ['reproduce', 'Name an experiment'],
    ['reproduce lyapunov-fgi1', 'Unknown experiment lyapunov-fgi1. Did you mean lyapunov-fig1?'],
    ['reproduce lyapunov-fig1 --seed 1.5', 'It must be a whole number from 0 to 9007199254740991, got 1.5.'],
    [
      'reproduce lyapunov-fig1 --threads 0',
      "'--threads <number>' argument '0' is invalid. It must be at least 1",
    ],
    ['reproduce lyapunov-fig3', 'lyapunov-fig3 reads War and Peace: name its folder with --data-dir.'],
    ['reproduce lyapunov-fig3 --data-dir nowhere', 'There is no folder nowhere'],
    ['reproduce lyapunov-fig2 --data-dir there', 'lyapunov-fig2 reads no data. Leave --data-dir out.'],
    ['reproduce lyapunov-fig2 --out there/file/sub', 'a part of the path is a file'],
    ['reproduce lyapunov-fig2 --backend wsam', 'Unknown --backend wsam. Did you mean wasm?'],
    ['data fetch mnits --data-dir d', 'Unknown dataset mnits. Did you mean mnist?'],
  ])('hurwitz %s', async (line, message) => {
    await expectRefused(line.split(' '), folder, message);
  });

  it('refuses to change what decides the numbers of a resumed run', async () => {
    const run = join(folder, 'fixed');
    const first = 'train adding --length 4 --units 2 --epochs 1 --batch-size 1000 --backend cpu --out fixed';
    expect((await hurwitz(first.split(' '), folder)).code).toBe(0);
    const changed = ['train', '--resume', run, '--units', '3'];
    await expectRefused(changed, folder, '--units cannot change on --resume');
  });

  const diverging =
    'train adding --batch-size 100 --epochs 3 --checkpoint-every 1 --optimizer sgd --backend cpu';
  it.each([
    ['loss', '--cell residual --activation relu --epsilon 30 --length 60 --learning-rate 10 --units 16'],
    ['norm of the gradient', '--cell residual --activation tanh --epsilon 20 --length 60 --units 16'],
    ['loss', '--cell cayley --activation relu --length 10 --learning-rate 1e20 --units 4'],
  ])(
    'a %s that overflows stops with the step, the largest state and what to try: %s',
    async (what, flags) => {
      const line = `${diverging} ${flags} --out overflow`;
      rmSync(join(folder, 'overflow'), { recursive: true, force: true });
      const { code, output } = await hurwitz(line.split(' '), folder);
      expect(output).toMatch(
        new RegExp(`The ${what} became (NaN|-?Infinity) at step \\d+ of (residual|cayley)\\.`),
      );
      expect(output).toContain('The largest state on that batch is');
      expect(output).toContain('--learning-rate');
      expect(output).not.toContain('    at ');
      expect(code).toBe(1);
      const run = RunFolder.open(join(folder, 'overflow'));
      const kept = run.latestCheckpoint((message) => expect.unreachable(message));
      for (const { name, values } of kept?.arrays ?? []) {
        if (name.startsWith('weights/')) expect(values.every(Number.isFinite), name).toBe(true);
      }
    },
  );
});
