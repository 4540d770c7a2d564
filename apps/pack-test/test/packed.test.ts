import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, type Manifest, pack, publishedPackages, withOurDependencies } from './workspace.js';

const all = publishedPackages();
const libraries = all.filter(({ manifest }) => manifest.bin === undefined);
const tarballs = new Map<string, string>();
const folders: string[] = [];
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

beforeAll(() => {
  const destination = emptyFolder('tarballs');
  folders.push(destination);
  for (const one of all) tarballs.set(one.manifest.name, pack(one, destination));
}, 300_000);

// Some ten node_modules: minutes where the disk is busy.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}, 300_000);

/** What a user must provide: the peers that are not optional. */
function peers({ peerDependencies = {}, peerDependenciesMeta = {} }: Manifest): [string, string][] {
  return Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true);
}

/** An empty folder with the packed package, the packages of ours that it needs, and its peers. */
function install(manifest: Manifest, extra: string[] = []): string {
  const folder = emptyFolder(manifest.name.replace('@hurwitz/', ''));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const ours = withOurDependencies(manifest.name, all).map(
    (one) => tarballs.get(one.manifest.name) as string,
  );
  const provided = peers(manifest).map(([name, range]) => `${name}@${range}`);
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...ours, ...provided, ...extra], {
    cwd: folder,
    stdio: 'pipe',
  });
  return folder;
}

function runNode(folder: string, file: string, source: string): string {
  writeFileSync(join(folder, file), source);
  return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

/** What the compiler says of a file in a folder; nothing when it is right. */
function typeErrors(
  folder: string,
  { resolution, file, source }: { resolution: string; file: string; source: string },
): string {
  writeFileSync(join(folder, file), source);
  const module = resolution === 'NodeNext' ? 'NodeNext' : 'ESNext';
  const compilerOptions = {
    module,
    moduleResolution: resolution,
    target: 'ES2022',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}

/** The first code block of a README, which every README opens with. */
function readmeExample(folder: string): string {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const block = /```(?:js|ts|javascript|typescript)\n([\s\S]*?)```/.exec(readme);
  if (block === null) throw new Error(`${folder}/README.md has no js or ts code block`);
  return block[1] as string;
}

describe.each(libraries)('$manifest.name, packed and installed alone', ({ folder: source, manifest }) => {
  let folder = '';
  const list = `console.log(JSON.stringify(Object.keys(it).filter((name) => name !== 'default').sort()))`;

  beforeAll(() => {
    folder = install(manifest);
  }, 300_000);

  it('gives the same public names to import and to require', () => {
    const esm = runNode(folder, 'use.mjs', `import * as it from '${manifest.name}';\n${list}`);
    const cjs = runNode(folder, 'use.cjs', `const it = require('${manifest.name}');\n${list}`);
    expect(JSON.parse(esm).length).toBeGreaterThan(0);
    expect(JSON.parse(cjs)).toEqual(JSON.parse(esm));
  });

  it.each(['NodeNext', 'Bundler'])(
    'has types for import and require with module resolution %s',
    (resolution) => {
      const names: string[] = JSON.parse(
        runNode(folder, 'names.mjs', `import * as it from '${manifest.name}';\n${list}`),
      );
      const use = (name: string): string =>
        `import { ${name} } from '${manifest.name}';\nexport const used = ${name};\n`;
      expect(
        typeErrors(folder, {
          resolution,
          file: 'use.mts',
          source: names.map((name) => `export { ${name} } from '${manifest.name}';`).join('\n'),
        }),
      ).toBe('');
      expect(typeErrors(folder, { resolution, file: 'use.cts', source: use(names[0] as string) })).toBe('');
      expect(typeErrors(folder, { resolution, file: 'wrong.mts', source: use('noSuchName') })).toContain(
        'noSuchName',
      );
    },
  );

  const subpaths = Object.keys(manifest.exports ?? {}).filter(
    (path) => !['.', './package.json'].includes(path),
  );
  it.runIf(subpaths.length > 0)(
    'gives the same names from its further entries',
    () => {
      const optional = Object.entries(manifest.peerDependencies ?? {}).filter(
        ([name]) => manifest.peerDependenciesMeta?.[name]?.optional === true,
      );
      const place =
        optional.length === 0
          ? folder
          : install(
              manifest,
              optional.map(([name, range]) => `${name}@${range}`),
            );
      for (const path of subpaths) {
        const entry = `${manifest.name}${path.slice(1)}`;
        const esm = runNode(place, 'use.mjs', `import * as it from '${entry}';\n${list}`);
        const cjs = runNode(place, 'use.cjs', `const it = require('${entry}');\n${list}`);
        expect(JSON.parse(esm).length).toBeGreaterThan(0);
        expect(JSON.parse(cjs)).toEqual(JSON.parse(esm));
      }
    },
    300_000,
  );

  it('brings TensorFlow.js only where it is a peer', () => {
    const wanted = peers(manifest).some(([name]) => name.startsWith('@tensorflow/'));
    expect(existsSync(join(folder, 'node_modules', '@tensorflow'))).toBe(wanted);
  });

  it('runs the example that opens its README', () => {
    const example = readmeExample(source);
    const backends = ['cpu', 'wasm'].map((name) => `@tensorflow/tfjs-backend-${name}`);
    const needed = [...backends, '@tensorflow/tfjs-layers'].filter((name) => example.includes(`'${name}'`));
    const missing = needed.filter((name) => manifest.peerDependencies?.[name] === undefined);
    const place =
      missing.length === 0
        ? folder
        : install(
            manifest,
            missing.map((name) => `${name}@^4.22.0`),
          );
    expect(() => runNode(place, 'example.mjs', example)).not.toThrow();
    if (['@hurwitz/scan', '@hurwitz/cells'].includes(manifest.name)) {
      const source = { resolution: 'NodeNext', file: 'example.mts', source: example };
      expect(typeErrors(place, source)).toBe('');
    }
  }, 300_000);
});

describe('hurwitz, packed and installed alone', () => {
  it('prints its help', () => {
    const app = all.find(({ manifest }) => manifest.name === 'hurwitz');
    if (app === undefined) throw new Error('the workspace has no package named hurwitz');
    const folder = install(app.manifest);
    const bin = join(folder, 'node_modules', '.bin', 'hurwitz');
    expect(execFileSync(bin, ['--help'], { encoding: 'utf8' })).toContain('hurwitz train');
  }, 300_000);
});
