#!/usr/bin/env node
/**
 * Builds the addon for every platform on this machine, by zig, and lays out the packages that carry the binaries:
 *
 *     node scripts/pack.mjs FOLDER [--zig COMMAND]
 *
 * `COMMAND` runs zig, such as `zig` or `python -m ziglang` (PyPI's package ziglang has a zig for every machine). FOLDER then holds a
 * package for each platform, ready for `npm publish`, and `optionalDependencies.json`, which the release puts into the package.json
 * of @hurwitz/kernels-native: exact versions, with `os`, `cpu` and `libc`, and no install script.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { def_paths as definitions } from 'node-api-headers';
import { compile, run } from './compile.mjs';

/** `target` is zig's name, with the oldest C library that has what the addon needs. */
const targets = [
  { platform: 'linux', arch: 'x64', libc: 'glibc', suffix: '-gnu', target: 'x86_64-linux-gnu.2.28' },
  { platform: 'linux', arch: 'x64', libc: 'musl', suffix: '-musl', target: 'x86_64-linux-musl' },
  { platform: 'linux', arch: 'arm64', libc: 'glibc', suffix: '-gnu', target: 'aarch64-linux-gnu.2.28' },
  { platform: 'darwin', arch: 'arm64', suffix: '', target: 'aarch64-macos.11.0' },
  { platform: 'darwin', arch: 'x64', suffix: '', target: 'x86_64-macos.11.0' },
  { platform: 'win32', arch: 'x64', suffix: '', target: 'x86_64-windows-gnu' },
];

const { values, positionals } = parseArgs({
  options: { zig: { type: 'string', default: 'zig' } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('pack.mjs: expected a folder for the packages, as in: node scripts/pack.mjs packed');
  process.exit(2);
}
const zig = values.zig.split(' ');
const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version, license, repository, homepage, bugs, engines } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

/** Windows binds the functions of Node-API to the program that loads the addon by a library of their names. */
function windowsLibraries(place) {
  const library = join(place, 'node.lib');
  const failure = run(zig, ['dlltool', '-m', 'i386:x86-64', '-d', definitions.node_api_def, '-l', library]);
  if (failure) throw new Error(failure);
  return [library];
}

const optionalDependencies = {};
for (const { platform, arch, libc, suffix, target } of targets) {
  const label = `${platform}-${arch}${suffix}`;
  const place = join(folder, label);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const libraries = platform === 'win32' ? windowsLibraries(place) : [];
  const file = join(place, 'kernels.node');
  const failure = compile({ compiler: [...zig, 'cc', '-target', target], platform, arch, file, libraries });
  if (failure) throw new Error(`${label}: ${failure}`);
  // Of Windows, what else its linker writes.
  for (const left of readdirSync(place)) if (left !== 'kernels.node') rmSync(join(place, left));
  const manifest = {
    name: `${name}-${label}`,
    version,
    description: `The binary of ${name} for ${label}.`,
    license,
    repository,
    homepage,
    bugs,
    engines,
    os: [platform],
    cpu: [arch],
    ...(libc && { libc: [libc] }),
    main: 'kernels.node',
    files: ['kernels.node'],
    publishConfig: { access: 'public' },
  };
  writeFileSync(join(place, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const readme = `# ${manifest.name}\n\nThe binary of [\`${name}\`](${homepage}) for ${label}, which installs it where it fits.\n`;
  writeFileSync(join(place, 'README.md'), readme);
  const licence = join(root, '..', '..', 'LICENSE');
  if (existsSync(licence)) copyFileSync(licence, join(place, 'LICENSE'));
  optionalDependencies[manifest.name] = version;
  console.log(`${label}: built`);
}
const list = join(folder, 'optionalDependencies.json');
writeFileSync(`${list}.new`, `${JSON.stringify(optionalDependencies, null, 2)}\n`);
renameSync(`${list}.new`, list);
