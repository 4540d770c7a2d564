import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

const script = fileURLToPath(new URL('../dist/build-tfjs-node-from-wheel.mjs', import.meta.url));
const hasCompiler = spawnSync('g++', ['--version']).status === 0;

function build(args: string[], env: NodeJS.ProcessEnv = {}): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { code: status, output: stdout + stderr };
}

describe.runIf(process.platform === 'linux')('building tfjs-node from a wheel says what to do', () => {
  let folder = '';
  let modules = '';
  beforeAll(() => {
    folder = temporaryFolder();
    modules = join(folder, 'project', 'node_modules');
    const place = join(modules, '@tensorflow', 'tfjs-node-gpu');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{ "version": "4.22.0" }');
    writeFileSync(join(folder, 'tensorflow.whl'), 'cut off');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['without a target', () => [], ['--target is missing', 'Usage:']],
    ['with an unknown flag', () => ['--gpu'], ["Unknown option '--gpu'", 'Usage:']],
    [
      'where no package is installed',
      () => ['--target', folder],
      ['has neither', 'npm install --ignore-scripts @tensorflow/tfjs-node-gpu'],
    ],
  ])('%s', (_, args, messages) => {
    const { code, output } = build(args());
    for (const message of messages) expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('without a compiler, before anything is downloaded', () => {
    const { code, output } = build(['--target', join(folder, 'project')], { PATH: '' });
    expect(output).toContain('make, python3, g++ must be installed');
    expect(code).toBe(1);
  });

  it.runIf(hasCompiler)('with a wheel that is not whole, and leaves nothing behind', () => {
    const wheel = join(folder, 'tensorflow.whl');
    const { code, output } = build(['--target', join(folder, 'project'), '--wheel', wheel]);
    expect(output).toMatch(/is not the expected wheel: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/);
    expect(readdirSync(join(modules, '.tensorflow'))).toEqual([]);
    expect(code).toBe(1);
  });
});
