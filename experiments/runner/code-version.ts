import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package that this file is in, bundled or not: the nearest one above with a package.json. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/**
 * The code that computes: in a clone of the project its commit, followed by `+` where tracked files differ from it;
 * elsewhere the version of the package.
 */
export function codeVersion(folder = packageFolder()): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', folder, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    // A package in node_modules can lie inside a repository of somebody else.
    if (relative(git('rev-parse', '--show-toplevel'), folder).split(/[\\/]/).includes('node_modules')) {
      throw new Error('not a clone');
    }
    const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `commit ${git('rev-parse', '--short=10', 'HEAD')}${changed ? '+' : ''}`;
  } catch {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return `hurwitz ${version}`;
  }
}
