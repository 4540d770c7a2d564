import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const packages = readdirSync(join(root, 'packages')).sort();

/** A piece of code that a README or the reference shows. */
export interface Example {
  /** Where it is shown: `cells/README`, `datasets batches`. */
  at: string;
  code: string;
  /** The package whose reference shows it; its names need no import there. */
  of?: string;
}

/** The blocks of code of a text in Markdown. */
const blocks = (markdown: string): string[] =>
  [...markdown.matchAll(/^```(?:js|ts|javascript|typescript)\n(.*?)^```/gms)].map(([, code]) => code!);

/** The examples of all READMEs, block by block. */
export function readmeExamples(): Example[] {
  const folders = ['.', ...packages.map((name) => join('packages', name))];
  return folders.flatMap((folder) => {
    const file = join(root, folder, 'README.md');
    if (!existsSync(file)) return [];
    const place = folder === '.' ? 'README' : `${basename(folder)}/README`;
    return blocks(readFileSync(file, 'utf8')).map((code) => ({ at: place, code }));
  });
}

/** What follows `@example` in the comments of all packages, in a block or as plain lines. */
export function referenceExamples(): Example[] {
  return packages.flatMap((name) => {
    const folder = join(root, 'packages', name, 'src');
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .flatMap((file) => examplesOf(name, readFileSync(join(folder, file), 'utf8')));
  });
}

const commented = /\/\*\*(.*?)\*\/\s*export (?:async )?(?:function|const|class|interface|type) (\w+)/gs;

function examplesOf(folder: string, source: string): Example[] {
  return [...source.matchAll(commented)].flatMap(([, comment, name]) => {
    // The last comment before the name.
    const text = comment!
      .split('/**')
      .at(-1)!
      .replace(/^\s*\* ?/gm, '');
    const parts = text.split(/^@example\s*$/m).slice(1);
    return parts.map((part) => {
      const plain = part.split(/^@/m)[0]!;
      return { at: `${folder} ${name}`, code: blocks(plain)[0] ?? plain, of: `@hurwitz/${folder}` };
    });
  });
}
