import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import type { Registry } from './loopback-registry.js';
import { root, type WorkspacePackage, workspacePackages } from './workspace.js';

const changeset = createRequire(join(root, 'package.json')).resolve('@changesets/cli/bin.js');

/** What the release workflow runs, in a copy of the workspace: new versions and changelogs, then publishing. */
export class Release {
  /** @param folder - An empty folder for the copy. */
  constructor(readonly folder: string) {
    copyWorkspace(folder);
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=rehearsal', '-c', 'user.email=none', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all', '--force', '.changeset', 'package.json', 'pnpm-workspace.yaml');
    git('commit', '--quiet', '--no-gpg-sign', '-m', 'Copy');
  }

  /** The packages with the versions of the release. */
  get packages(): WorkspacePackage[] {
    return workspacePackages(this.folder).filter(({ manifest }) => manifest.private !== true);
  }

  version(): void {
    this.run('version');
  }

  publish({ url, npmrc }: Registry): void {
    const userconfig = join(this.folder, '.npmrc');
    writeFileSync(userconfig, `registry=${url}\n${npmrc}`);
    this.run('publish', { npm_config_userconfig: userconfig, npm_config_registry: url });
  }

  private run(command: 'version' | 'publish', settings: Record<string, string> = {}): void {
    const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
    const env = { ...process.env, ...settings, PATH: path, CI: 'true', npm_config_provenance: 'false' };
    execFileSync(process.execPath, [changeset, command], { cwd: this.folder, env, stdio: 'pipe' });
  }
}

const parts = ['package.json', 'README.md', 'dist'];

/** Manifests, READMEs and builds, with links to what the release looks at: our packages and its own tools. */
function copyWorkspace(folder: string): void {
  for (const name of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'LICENSE', '.changeset']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const all = workspacePackages(root);
  const place = (one: WorkspacePackage): string => join(folder, relative(root, one.folder));
  for (const one of all) {
    mkdirSync(place(one), { recursive: true });
    for (const part of parts.filter((part) => existsSync(join(one.folder, part)))) {
      cpSync(join(one.folder, part), join(place(one), part), { recursive: true });
    }
  }
  // pnpm reads the version for `workspace:^` from the package's node_modules.
  for (const one of all) {
    for (const other of all) {
      const { dependencies, devDependencies } = one.manifest;
      if ({ ...devDependencies, ...dependencies }[other.manifest.name] === undefined) continue;
      const link = join(place(one), 'node_modules', other.manifest.name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(place(other), link, 'junction');
    }
  }
}

/** The changesets that wait for a release: what they say, and of which packages. */
export function changesets(): { file: string; releases: string[]; text: string }[] {
  const folder = join(root, '.changeset');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => {
      const [, head = '', text = ''] = readFileSync(join(folder, file), 'utf8').split(/^---$/m);
      return {
        file,
        releases: [...head.matchAll(/^["'](.+)["']:/gm)].map(([, name]) => name!),
        text: text.trim(),
      };
    });
}
