import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  bin?: Record<string, string>;
  exports?: Record<string, unknown>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  devDependencies?: Record<string, string>;
}

export interface WorkspacePackage {
  folder: string;
  manifest: Manifest;
}

/** Every package of the workspace that is published. */
export function publishedPackages(): WorkspacePackage[] {
  const folders = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return folders
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
    }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** A package of ours with every package of ours that it depends on. */
export function withOurDependencies(name: string, all: WorkspacePackage[]): WorkspacePackage[] {
  const found = new Map<string, WorkspacePackage>();
  const visit = (wanted: string): void => {
    const one = all.find(({ manifest }) => manifest.name === wanted);
    if (one === undefined || found.has(wanted)) return;
    found.set(wanted, one);
    for (const dependency of Object.keys(one.manifest.dependencies ?? {})) visit(dependency);
  };
  visit(name);
  return [...found.values()];
}

/** Packs a package as it would be published and returns the tarball's path. */
export function pack({ folder }: WorkspacePackage, destination: string): string {
  const output = execFileSync('pnpm', ['pack', '--json', '--pack-destination', destination], {
    cwd: folder,
    encoding: 'utf8',
  });
  return (JSON.parse(output.slice(output.indexOf('{'))) as { filename: string }).filename;
}

export function emptyFolder(label: string): string {
  return mkdtempSync(join(tmpdir(), `hurwitz-${label}-`));
}
