import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Registry, startRegistry } from './loopback-registry.js';
import { changesets, Release } from './release.js';
import { emptyFolder, type Manifest, publishedPackages, root } from './workspace.js';

const all = publishedPackages();
const libraries = all.filter(({ manifest }) => manifest.bin === undefined);
const folders: string[] = [];
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
let registry: Registry;
let release: Release;

// The disk of a busy machine takes minutes for some ten node_modules, to write and to remove.
const patience = 600_000;

/** A release as it would be, of a copy of the workspace, to a registry on this machine. */
beforeAll(async () => {
  registry = await startRegistry(temporary('registry'));
  release = new Release(temporary('release'));
  release.version();
  release.publish(registry);
}, patience);

afterAll(() => {
  registry?.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}, patience);

/** What a registry knows of a package, as far as it is looked at here. */
interface Packument {
  'dist-tags': { latest: string };
  versions: Record<string, Manifest>;
}

function temporary(label: string): string {
  const folder = emptyFolder(label);
  folders.push(folder);
  return folder;
}

/** The package as it is released. */
function released({ name }: Manifest): Manifest {
  return release.packages.find(({ manifest }) => manifest.name === name)!.manifest;
}

/** What a user must provide: the peers that are not optional. */
function peers({ peerDependencies = {}, peerDependenciesMeta = {} }: Manifest): [string, string][] {
  return Object.entries(peerDependencies).filter(([name]) => peerDependenciesMeta[name]?.optional !== true);
}

/** An empty folder with the package as the registry has it, its peers, and what else is asked for. */
function install(manifest: Manifest, extra: string[] = []): string {
  const { name, version } = released(manifest);
  const folder = temporary(name.replace('@hurwitz/', ''));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, '.npmrc'), registry.npmrc);
  // Only a scope can have a registry of its own: one that has none is taken from where the registry says.
  const wanted = name.startsWith('@')
    ? `${name}@${version}`
    : npm(folder, ['view', `${name}@${version}`, 'dist.tarball', `--registry=${registry.url}`]).trim();
  const provided = peers(manifest).map(([name, range]) => `${name}@${range}`);
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  npm(folder, ['install', ...options, wanted, ...provided, ...extra]);
  return folder;
}

const npm = (folder: string, args: string[]): string =>
  execFileSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });

function runNode(folder: string, file: string, source: string): string {
  writeFileSync(join(folder, file), source);
  return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
}

/** What the strict compiler says of files in a folder; nothing when they are right. */
function typeErrors(folder: string, resolution: string, sources: Record<string, string>): string {
  const files = Object.keys(sources);
  for (const file of files) writeFileSync(join(folder, file), sources[file] as string);
  const compilerOptions = {
    module: resolution === 'NodeNext' ? 'NodeNext' : 'ESNext',
    moduleResolution: resolution,
    target: 'ES2022',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    // What a TypeScript user of Node has.
    types: Object.values(sources).some((source) => source.includes("'node:")) ? ['node'] : [],
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  return spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' }).stdout;
}

/** The first code block of a README, which every README opens with. */
function readmeExample(folder: string): string {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const block = /```(?:js|ts|javascript|typescript)\n([\s\S]*?)```/.exec(readme);
  if (block === null) throw new Error(`${folder}/README.md has no js or ts code block`);
  return block[1] as string;
}

/** The packages that a README says to install, from its first line that does so. */
function readmeInstall(folder: string): string[] {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const line = /```sh\nnpm install (.+)\n/.exec(readme)?.[1];
  if (line === undefined) throw new Error(`${folder}/README.md does not say what to install`);
  return line.split(' ');
}

describe('a release', () => {
  const newcomers = all
    .filter(({ manifest }) => manifest.version === '0.0.0')
    .map(({ manifest }) => manifest.name);

  it.runIf(newcomers.length > 0)('has one changeset for each package that was never published', () => {
    const told = changesets().flatMap(({ releases }) => releases);
    expect(told.filter((name) => newcomers.includes(name)).sort()).toEqual(newcomers.sort());
  });

  it('gives a package that was never published the version 0.1.0, and private ones none', () => {
    for (const name of newcomers)
      expect([name, released({ name, version: '' }).version]).toEqual([name, '0.1.0']);
    expect(release.packages.map(({ manifest }) => manifest.name).sort()).toEqual(
      all.map(({ manifest }) => manifest.name).sort(),
    );
  });

  it('writes what the changesets say into the changelogs', () => {
    for (const { releases, text } of changesets()) {
      for (const name of releases) {
        const { folder, manifest } = release.packages.find((one) => one.manifest.name === name)!;
        const changelog = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
        expect(changelog).toContain(`# ${name}`);
        expect(changelog).toContain(`## ${manifest.version}`);
        expect(changelog.replace(/\n {2}/g, '\n')).toContain(text);
      }
    }
    expect(readdirSync(join(release.folder, '.changeset'))).toEqual(['config.json']);
  });

  it('publishes every package to the registry, without ranges that only the workspace knows', async () => {
    for (const { manifest } of release.packages) {
      const { name, version } = manifest;
      const answer = await fetch(`${registry.url}${name.replace('/', '%2f')}`);
      const packument = (await answer.json()) as Packument;
      const { dependencies, peerDependencies } = packument.versions[version]!;
      const ranges = { ...dependencies, ...peerDependencies };
      expect(JSON.stringify([name, ranges])).not.toMatch(/workspace:|catalog:|link:|file:|"0\.0\.0"/);
      expect(packument['dist-tags'].latest).toBe(version);
    }
  });

  it.each(all)('$manifest.name says where it is from', ({ folder, manifest }) => {
    const { homepage, repository, bugs } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const directory = folder.slice(root.length + 1).replaceAll('\\', '/');
    expect(repository.url).toMatch(/^git\+https:\/\/.+\.git$/);
    expect(manifest.repository).toEqual({ ...repository, directory });
    expect(manifest.bugs).toBe(bugs);
    expect(manifest.homepage).toBe(homepage.replace('#readme', `/tree/main/${directory}#readme`));
    expect(manifest.files).toContain('CHANGELOG.md');
  });
});

describe.each(libraries)('$manifest.name, released and installed alone', ({ folder: source, manifest }) => {
  let folder = '';
  const list = `console.log(JSON.stringify(Object.keys(it).filter((name) => name !== 'default').sort()))`;

  beforeAll(() => {
    folder = install(manifest);
  }, patience);

  it('is its build, README, licence and changelog, and nothing else', () => {
    const installed = readdirSync(join(folder, 'node_modules', manifest.name));
    expect(installed.filter((name) => name !== 'node_modules').sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json'].sort(),
    );
  });

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
      const use = (name: string): string => `export { ${name} } from '${manifest.name}';\n`;
      const errors = typeErrors(folder, resolution, {
        'use.mts': names.map(use).join(''),
        'use.cts': use(names[0] as string),
        // Types that are there refuse a name that is not.
        'wrong.mts': `// @ts-expect-error\n${use('noSuchName')}`,
        'wrong.cts': `// @ts-expect-error\n${use('noSuchName')}`,
      });
      expect(errors).toBe('');
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
    patience,
  );

  it('brings TensorFlow.js only where it is a peer', () => {
    const wanted = peers(manifest).some(([name]) => name.startsWith('@tensorflow/'));
    expect(existsSync(join(folder, 'node_modules', '@tensorflow'))).toBe(wanted);
  });

  describe('the example that opens its README', () => {
    const example = readmeExample(source);
    let place = '';
    const [own, ...others] = readmeInstall(source);
    const required = peers(manifest).map(([name]) => name);
    beforeAll(() => {
      const added = others.filter((name) => !required.includes(name));
      place = added.length === 0 ? folder : install(manifest, added);
    }, patience);

    it('stands below a line that installs the package and its peers', () => {
      expect(own).toBe(manifest.name);
      expect(others).toEqual(expect.arrayContaining(required));
    });

    it('runs', () => {
      expect(() => runNode(place, 'example.mjs', example)).not.toThrow();
    });

    it('compiles under strict TypeScript', () => {
      expect(typeErrors(place, 'NodeNext', { 'example.mts': example })).toBe('');
    });
  });
});

describe('hurwitz, released and installed alone', () => {
  let folder = '';
  beforeAll(() => {
    folder = install(all.find(({ manifest }) => manifest.name === 'hurwitz')!.manifest);
  }, patience);
  const hurwitz = (...args: string[]): string =>
    execFileSync('npx', ['hurwitz', ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
      shell: process.platform === 'win32',
    });

  it('prints its help', () => {
    expect(hurwitz('--help')).toContain('hurwitz train');
  });

  it(
    'trains the pendulum as its README begins, and writes a report',
    () => {
      expect(hurwitz('train', 'pendulum')).toContain('Report: ');
      expect(existsSync(join(folder, 'runs', 'pendulum-1', 'report.html'))).toBe(true);
    },
    patience,
  );

  it(
    'makes a figure of a paper again, and says which release computed it',
    () => {
      expect(hurwitz('reproduce', '--list')).toContain('  antisymmetric-planar\n');
      expect(hurwitz('reproduce', 'antisymmetric-planar')).toContain('Written to results: ');
      const entry = readFileSync(join(folder, 'results', 'antisymmetric-planar.md'), 'utf8');
      expect(entry).toContain(`| hurwitz ${released({ name: 'hurwitz', version: '' }).version} |`);
    },
    patience,
  );
});
