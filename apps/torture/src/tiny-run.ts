import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Random } from './random.js';

/** Writes a text of a hundred words in three files, as the task `ptb` reads it. */
export function writeTinyText(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const words = 'the sea is a blue land of wind and sun'.split(' ');
  const random = new Random(7);
  for (const part of ['train', 'valid', 'test']) {
    const lines = [words, ...Array.from({ length: 9 }, () => words.slice(3).map(() => random.pick(words)))];
    writeFileSync(join(folder, `ptb.${part}.txt`), `${lines.map((line) => line.join(' ')).join('\n')}\n`);
  }
}

/** The text that all runs beside each other read. */
export const textOf = (folder: string): string => join(folder, '..', 'text');

/** A training of some seconds at most: 12 steps, 8 checkpoints, in the folder `run` of the working folder. */
export function trainArguments(folder: string): string[] {
  const flags =
    '--cell lstm --units 2 --epochs 2 --batch-size 2 --length 5 --checkpoint-every 2 --dropout 0.1 --backend cpu --threads 1';
  return ['train', 'ptb', '--data-dir', textOf(folder), ...flags.split(' '), '--out', 'run'];
}

/** Goes on with the run, or starts it where there is none to go on with. */
export function continueArguments(folder: string): string[] {
  return existsSync(join(folder, 'run', 'config.json'))
    ? ['train', '--resume', 'run']
    : trainArguments(folder);
}

/** All files below a folder, by their path in it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Folders below a folder that hold nothing. */
function emptyFolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(entry.parentPath, entry.name)).length === 0)
    .map((entry) => `${relative(folder, join(entry.parentPath, entry.name))}/`);
}

/** The content of all files, to compare bit for bit; times that a file tells are left out. */
export function contentOf(folder: string): Map<string, string> {
  const files = filesBelow(folder).map((name): [string, string] => {
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const text = /\.(json|jsonl|html|md)$/.test(name)
      ? untimed(bytes.toString('utf8'))
      : bytes.toString('base64');
    return [name, statSync(path).size === 0 ? '' : text];
  });
  return new Map([...files, ...emptyFolders(folder).map((name): [string, string] => [name, ''])]);
}

/** Ledger entries of experiments say when, how long and by which commit. */
export function untimed(text: string): string {
  return text
    .replace(/"seconds": [\d.e-]+/g, '"seconds": 0')
    .replace(/"(date|code)": ("[^"]*"|\[[^\]]*\])/g, '"$1": ""')
    .replace(/^\|.*`small-parts` \|.*$/gm, '');
}

/** The first difference of two contents, in words; undefined when they are the same. */
export function difference(found: Map<string, string>, wanted: Map<string, string>): string | undefined {
  for (const [name, content] of wanted) {
    if (!found.has(name)) return `${name} is missing`;
    if (found.get(name) !== content) return `${name} differs`;
  }
  for (const name of found.keys()) if (!wanted.has(name)) return `${name} is left over`;
  return undefined;
}
