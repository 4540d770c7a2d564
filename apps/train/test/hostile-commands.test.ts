import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flagOf, flags } from '@hurwitz/training';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hurwitz, runInProcess, temporaryFolder } from './command.js';

// Some hundred commands each, of which a few train: on a busy machine they take their time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const cwd = process.cwd();
let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
  process.chdir(folder);
  writeFileSync('file', 'x');
  writeFileSync('not.json', '{');
  writeFileSync('deep.json', '['.repeat(100_000));
  writeFileSync('words.csv', 'a,b\n1,x\n');
  mkdirSync('folder');
  symlinkSync('round', 'round');
  symlinkSync('nowhere', 'dangling');
  execFileSync('mkfifo', ['pipe']);
  writeModel('model');
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

/** A model.json of a linear SimpleRNN of one unit and one input. */
function writeModel(name: string): void {
  mkdirSync(name);
  const config = { name: 'rnn', units: 1, activation: 'linear', use_bias: false };
  const layer = { class_name: 'SimpleRNN', config: { ...config, batch_input_shape: [null, null, 1] } };
  const modelTopology = { class_name: 'Sequential', config: { name: 'plain', layers: [layer] } };
  const spec = (weight: string) => ({ name: `rnn/${weight}`, shape: [1, 1], dtype: 'float32' });
  const weightsManifest = [{ paths: ['weights.bin'], weights: [spec('kernel'), spec('recurrent_kernel')] }];
  writeFileSync(join(name, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }));
  writeFileSync(join(name, 'weights.bin'), new Uint8Array(Float32Array.of(1, 0.5).buffer));
}

/** Texts in the place of a number; the first four are numbers that some flags take. */
const numbers = [
  ...['-1', '0', '1.5', '1e15'],
  ...['', '1e309', 'NaN', '-Infinity', '0x10', '1_000', '１２', '🙂', '--', '1\n2', '\u001b[31m1'],
];
const mayFit = 4;
const names = ['', '-1', '🙂', '__proto__', 'constructor', 'x'.repeat(300), '--', 'a\nb', '\u001b[31m'];
/** Nothing can be made or read at any of these. */
const bad = [
  ...['', 'file/below', 'dangling/below', 'round', 'round/below', 'pipe/below', '/proc/here', '/proc/1/here'],
  ...['/sys/here', 'x'.repeat(300), `${'x/'.repeat(3000)}x`, '/dev/null/below'],
];
const paths = [
  ...bad,
  ...['file', 'folder', 'nowhere', 'dangling', 'pipe', '/dev/null', '/dev/zero', '/dev/full', 'not.json'],
  ...['deep.json', 'words.csv', 'a\nb', '\u001b[31m', '%E0', '/', '-', '--'],
];

/** A stack, a fault of hurwitz, or a name of its code. */
const foreign =
  /^ {4}at |fault of its own|undefined|\[object|TypeError|RangeError|@hurwitz|\w\(\)|tangentSystem|lyapunovSpectrum/m;

/** Every refusal, whatever the command: one sentence or two, on one line, which a terminal shows as they are. */
function checkRefusal(said: string, args: readonly string[]): void {
  const context = `${args.map((arg) => JSON.stringify(arg.slice(0, 50))).join(' ')}: ${said.slice(0, 600)}`;
  // Commander adds where the help is.
  const sentence = said.replace(/\n\(hurwitz .*--help .*\)\n$/, '').trim();
  expect(sentence, context).toMatch(/^(error: .+|\S.*[.?…])$/u);
  expect(said, context).not.toMatch(foreign);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
  expect(sentence, context).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(said.length, context).toBeLessThan(1000);
}

/** Runs a command that may be done or refused. Returns whether it was refused, in a sentence. */
async function isRefused(args: readonly string[]): Promise<boolean> {
  const said = await runInProcess(args);
  if (said !== undefined) checkRefusal(said, args);
  return said !== undefined;
}

async function expectRefused(args: readonly string[]): Promise<void> {
  expect(await isRefused(args), args.join(' ').slice(0, 200)).toBe(true);
}

/** A training of one step, with one flag as given. */
function tiny(flag: string, value: string): string[] {
  rmSync('again', { recursive: true, force: true });
  const sizes = { '--length': '2', '--units': '1', '--epochs': '1', '--batch-size': '10000' };
  const usual = { ...sizes, '--backend': 'cpu', '--out': 'again' };
  return ['train', 'adding', ...Object.entries({ ...usual, [flag]: value }).flat()];
}

// Windows has neither the links nor the devices.
const onUnix = describe.skipIf(process.platform === 'win32');

onUnix('a training with a hostile value is refused in a sentence, or done', () => {
  it.each(flags.filter(({ kind }) => kind === 'number' || kind === 'list'))('$key', async ({ key }) => {
    for (const [i, value] of numbers.entries()) {
      // So many epochs are a training like any other.
      if (key === 'epochs' && value === '1e15') continue;
      const refused = await isRefused(tiny(flagOf(key), value));
      if (i >= mayFit) expect(refused, `${flagOf(key)} ${JSON.stringify(value)}`).toBe(true);
    }
  });

  it.each(flags.filter(({ kind }) => kind === 'name'))('$key', async ({ key }) => {
    for (const value of names) await expectRefused(tiny(flagOf(key), value));
  });

  it.each(['pixel-mnist', 'ptb', 'wikitext-2', 'mocap', 'char-rnn'])('--data-dir of %s', async (task) => {
    for (const value of paths) await expectRefused(['train', task, '--data-dir', value]);
  });

  it('the task, --out, --resume and --preset', async () => {
    for (const value of names) await expectRefused(['train', value]);
    for (const value of bad) await expectRefused(tiny('--out', value));
    for (const value of [...paths, ...names]) await expectRefused(['train', '--resume', value]);
    for (const value of names) await expectRefused(['train', 'pixel-mnist', '--preset', value]);
  });
});

onUnix('another command with a hostile path or value is refused in a sentence, or done', () => {
  it('a command of another name', async () => {
    for (const value of names.filter((name) => name !== '--')) await expectRefused([value]);
  });

  it.each(['evaluate', 'analyse', 'spectrum'])('%s', async (command) => {
    for (const value of paths) await expectRefused([command, value]);
  });

  const spectrum = (flag: string, value: string): string[] => {
    const usual = { '--steps': '4', '--sequences': '2', '--backend': 'cpu', '--out': 'there' };
    return ['spectrum', 'model/model.json', ...Object.entries({ ...usual, [flag]: value }).flat()];
  };
  it.each(['--exponents', '--warmup', '--steps', '--sequences', '--qr-interval', '--seed'])(
    'spectrum %s',
    async (flag) => {
      for (const value of numbers) {
        const refused = await isRefused(spectrum(flag, value));
        if (value !== '0') expect(refused, `${flag} ${JSON.stringify(value)}`).toBe(true);
      }
    },
  );

  it.each(['--stage', '--data-dir', '--hidden', '--precision', '--backend', '--layer'])(
    'spectrum %s',
    async (flag) => {
      for (const value of names) await expectRefused(spectrum(flag, value));
    },
  );

  it('spectrum --inputs and --out', async () => {
    for (const value of paths) await expectRefused(spectrum('--inputs', value));
    for (const value of [...bad, 'file', '/dev/null']) await expectRefused(spectrum('--out', value));
  });

  it('reproduce and data fetch', async () => {
    for (const value of [...names, ...paths]) await expectRefused(['reproduce', value]);
    for (const value of numbers) await expectRefused(['reproduce', 'lyapunov-fig3', '--seed', value]);
    for (const value of bad)
      await expectRefused(['reproduce', 'lyapunov-fig1', '--backend', 'cpu', '--out', value]);
    for (const value of names) await expectRefused(['data', 'fetch', value, '--data-dir', 'd']);
  });
});

onUnix('a process says the same on its error output, and ends with the code 1', () => {
  it.each([
    ['a name that is too long', ['train', 'adding', '--out', 'x'.repeat(300)]],
    ['a command with an escape', ['\u001b[31m']],
    ['a link to itself', ['evaluate', 'round']],
  ])('%s', async (_, args) => {
    const { code, output } = await hurwitz(args, folder);
    checkRefusal(output.trimStart(), args);
    expect(code).toBe(1);
  });
});
