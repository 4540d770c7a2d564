import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hurwitz, temporaryFolder } from './command.js';

const gpu = '@tensorflow/tfjs-node-gpu';
/** Only what the test made is found, not a real package. */
const elsewhere = { HURWITZ_TFJS_NODE: '' };

let folder = '';
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A project whose node_modules has a package that runs `code` when it is loaded. */
function project(name: string, packageName: string, code: string): string {
  const place = join(folder, name, 'node_modules', packageName);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: packageName, version: '4.22.0' }));
  writeFileSync(join(place, 'index.js'), code);
  return join(folder, name);
}

const throwing = (message: string, code = 'ERR_DLOPEN_FAILED') =>
  `throw Object.assign(new Error(${JSON.stringify(message)}), { code: '${code}' });`;

const registering = (device: 'GPU' | 'CPU') => `
  globalThis._tfengine.registerBackend('tensorflow', () => ({
    isUsingGpuDevice: ${device === 'GPU'},
    binding: { TF_Version: '2.9.1' },
  }));`;

const toBinding = 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node';

/** What loading the package throws, then what must be said: the file, and what to run. */
const broken: [string, string, string[]][] = [
  [
    'no native addon',
    throwing(
      `The Node.js native addon module (tfjs_binding.node) can not be found at path: /p/${toBinding}. \nPlease run command`,
    ),
    [`Its native addon is missing: /p/${toBinding}.`, 'build-tfjs-node-from-wheel.mjs --target '],
  ],
  [
    'an addon for another Node',
    throwing(
      `The module '/p/${toBinding}'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 93. This version of Node.js requires\nNODE_MODULE_VERSION 115. Please try re-compiling`,
    ),
    [
      `built for another Node: it has NODE_MODULE_VERSION 93, and Node ${process.versions.node} needs 115.`,
      'build-tfjs-node-from-wheel.mjs --target ',
    ],
  ],
  [
    'no CUDA',
    throwing('libcudart.so.11.0: cannot open shared object file: No such file or directory'),
    ['The CUDA library libcudart.so.11.0 is missing.', 'LD_LIBRARY_PATH'],
  ],
  [
    'no TensorFlow library',
    throwing('libtensorflow.so.2: cannot open shared object file: No such file or directory'),
    [
      'The library libtensorflow.so.2 is missing in ',
      join('tfjs-node-gpu', 'deps', 'lib'),
      'build-tfjs-node-from-wheel.mjs --target ',
    ],
  ],
  [
    'an addon for another processor',
    throwing(`/p/${toBinding}: wrong ELF class: ELFCLASS32`),
    [`another kind of machine than ${process.platform}-${process.arch}: /p/${toBinding}`],
  ],
  [
    'a system that is too old',
    throwing(`/lib/libc.so.6: version \`GLIBC_2.99' not found (required by /p/${toBinding})`),
    ['This system is too old for its native addon: it has no GLIBC_2.99.'],
  ],
  [
    'half an installation',
    throwing("Cannot find module '@mapbox/node-pre-gyp'\nRequire stack:", 'MODULE_NOT_FOUND'),
    ['It is not whole: there is no @mapbox/node-pre-gyp.', `npm install ${gpu}`],
  ],
  ['a package that registers nothing', '', ['registered no backend']],
];

describe.runIf(process.platform === 'linux').each(broken)('with %s', (name, code, messages) => {
  let cwd = '';
  beforeAll(() => {
    cwd = project(name.replaceAll(' ', '-'), gpu, code);
  });

  it('--backend tensorflow fails, with the file that is missing and what to run', async () => {
    const { code, output } = await hurwitz('train adding --backend tensorflow'.split(' '), cwd, elsewhere);
    for (const message of messages) expect(output).toContain(message);
    expect(output).toContain(`--backend tensorflow needs ${gpu} or @tensorflow/tfjs-node, and neither works`);
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('doctor says the same, and that auto takes wasm with one warning', async () => {
    const { code, output } = await hurwitz(['doctor'], cwd, elsewhere);
    for (const message of messages) expect(output.split(message)).toHaveLength(3);
    expect(output).toMatch(/^tensorflow +no/m);
    expect(output).toMatch(/^wasm +works$/m);
    expect(output).toMatch(/^--backend auto +takes wasm/m);
    expect(output.match(/and warns: /g)).toHaveLength(1);
    expect(output).toContain(`${gpu} does not load, so wasm is used.`);
    expect(code).toBe(0);
  });
});

describe('auto', () => {
  const adding = 'train adding --length 4 --units 2 --epochs 1 --batch-size 1000 --out run'.split(' ');

  it('says nothing where nothing is installed', async () => {
    const { output } = await hurwitz(adding, folder, elsewhere);
    expect(output).toContain('adding on the wasm backend');
    expect(output).not.toContain('Warning');
  });

  it('trains on wasm after one warning where the addon is for another Node', async () => {
    const cwd = project('auto-broken', gpu, throwing('NODE_MODULE_VERSION 93 ... NODE_MODULE_VERSION 115'));
    const { code, output } = await hurwitz(adding, cwd, elsewhere);
    expect(output.match(/Warning: .*/g)).toHaveLength(1);
    expect(output).toContain(
      `Warning: ${gpu} does not load, so wasm is used. Its native addon was built for`,
    );
    expect(output).toContain('adding on the wasm backend');
    expect(code).toBe(0);
  });

  it('takes wasm after one warning where the GPU package finds no GPU', async () => {
    const cwd = project('auto-cpu', gpu, registering('CPU'));
    const { output } = await hurwitz(['doctor'], cwd, elsewhere);
    expect(output).toContain('4.22.0 with TensorFlow 2.9.1 on the CPU');
    expect(output).toMatch(/^--backend auto +takes wasm/m);
    expect(output).toContain(`and warns: ${gpu} would compute on the CPU, so wasm is used. TensorFlow`);
  });

  it('takes tensorflow, without a warning, where it computes on a GPU', async () => {
    const cwd = project('auto-gpu', gpu, registering('GPU'));
    const { output } = await hurwitz(['doctor'], cwd, elsewhere);
    expect(output).toContain(`takes tensorflow: ${gpu} computes on the GPU`);
    expect(output).not.toContain('and warns');
  });

  it('leaves @tensorflow/tfjs-node, which has no GPU, to those who ask by name', async () => {
    const cwd = project('auto-node', '@tensorflow/tfjs-node', throwing('must not be loaded'));
    const { output } = await hurwitz(adding, cwd, elsewhere);
    expect(output).toContain('adding on the wasm backend');
    expect(output).not.toContain('must not be loaded');
  });
});

describe('with nothing installed', () => {
  it('--backend tensorflow fails, with what to install', async () => {
    const { code, output } = await hurwitz('train adding --backend tensorflow'.split(' '), folder, elsewhere);
    for (const name of [gpu, '@tensorflow/tfjs-node']) {
      expect(output).toContain(`${name}: It is not installed. Run: npm install ${name}`);
    }
    expect(code).toBe(1);
  });

  it('doctor says what this machine has, and what to install', async () => {
    const { code, output } = await hurwitz(['doctor'], folder, elsewhere);
    expect(output).toContain(`${process.versions.node}, ${process.platform}-${process.arch}`);
    expect(output).toMatch(/^Memory +[\d.]+ GiB/m);
    expect(output).toMatch(/^GPU +\S/m);
    expect(output).toMatch(/^Recurrence +(native|wasm) \(.*threads: \d+/m);
    expect(output).toContain(`only --backend tensorflow needs it: npm install ${gpu}`);
    expect(output).toMatch(/^--backend auto +takes wasm: the default without a GPU$/m);
    expect(code).toBe(0);
  });
});

describe('the kernels that the environment asks for', () => {
  it('are those that doctor names', async () => {
    const { output } = await hurwitz(['doctor'], folder, { ...elsewhere, HURWITZ_KERNELS: 'wasm' });
    expect(output).toMatch(/^Recurrence +wasm \(/m);
  });

  it.each([
    [
      'HURWITZ_KERNELS',
      'HURWITZ_KERNELS: expected one of native, wasm, plain that this host has, got none (',
    ],
    ['HURWITZ_NATIVE', 'HURWITZ_NATIVE: expected an instruction set of this processor ('],
  ])('are refused where %s is nothing that is there', async (variable, sentence) => {
    const { output, code } = await hurwitz(['doctor'], folder, { ...elsewhere, [variable]: 'none' });
    // Where no compiler was found there is no native code to choose an instruction set for.
    if (variable === 'HURWITZ_NATIVE' && output.includes('has no binary')) return;
    expect(output).toContain(sentence);
    expect(code).toBe(1);
  });
});

const real = process.env['HURWITZ_TFJS_NODE'];
if (!real) console.warn('The real TensorFlow package is not tested: HURWITZ_TFJS_NODE names no folder.');

describe.runIf(real)('the real package', () => {
  it('works, says doctor', async () => {
    const { output } = await hurwitz(['doctor'], folder);
    expect(output).toMatch(/^@tensorflow\/tfjs-node(-gpu)? +4\.\S+ with TensorFlow 2\.\S+ on the [CG]PU/m);
    expect(output).toMatch(/^tensorflow +works$/m);
  });

  it('trains the pendulum to the errors that wasm reaches, within a relative 1e-4', async () => {
    const errors: number[][] = [];
    for (const backend of ['tensorflow', 'wasm']) {
      const line = `train pendulum --epochs 3 --backend ${backend} --out pendulum-${backend}`;
      const { code, output } = await hurwitz(line.split(' '), folder);
      expect(output).toContain(`pendulum on the ${backend} backend`);
      expect(code).toBe(0);
      const results = readFileSync(join(folder, `pendulum-${backend}`, 'results.json'), 'utf8');
      errors.push(Object.values(JSON.parse(results) as Record<string, { mse: number }>).map((r) => r.mse));
    }
    expect(errors[0]).toHaveLength(4);
    for (const [i, error] of errors[0]!.entries()) {
      expect(Math.abs(error / errors[1]![i]! - 1)).toBeLessThan(1e-4);
    }
  });
});
