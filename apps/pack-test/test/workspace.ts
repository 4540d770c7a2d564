import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  bin?: Record<string, string>;
  files?: string[];
  homepage?: string;
  repository?: { type: string; url: string; directory?: string };
  bugs?: string;
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

/** Every package of a workspace, private ones too. */
export function workspacePackages(folder: string): WorkspacePackage[] {
  const folders = ['packages', 'internal', 'apps']
    .filter((group) => existsSync(join(folder, group)))
    .flatMap((group) => readdirSync(join(folder, group)).map((name) => join(folder, group, name)));
  return [...folders, join(folder, 'experiments')]
    .filter((one) => existsSync(join(one, 'package.json')))
    .map((one) => ({
      folder: one,
      manifest: JSON.parse(readFileSync(join(one, 'package.json'), 'utf8')) as Manifest,
    }));
}

/** Every package that is published. */
export function publishedPackages(): WorkspacePackage[] {
  return workspacePackages(root).filter(({ manifest }) => manifest.private !== true);
}

export function emptyFolder(label: string): string {
  return mkdtempSync(join(tmpdir(), `hurwitz-${label}-`));
}
