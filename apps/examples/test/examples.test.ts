import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Example, readmeExamples, referenceExamples } from './find-examples.js';
import { given, left } from './given.js';

const examples = [...readmeExamples(), ...referenceExamples()];
/** Inside this package, so that imports are resolved from here and to the sources. */
const written = fileURLToPath(new URL('written', import.meta.url));
const home = process.cwd();
let place = '';

beforeAll(() => {
  mkdirSync(written, { recursive: true });
  // Examples write files.
  place = mkdtempSync(join(tmpdir(), 'hurwitz-examples-'));
  process.chdir(place);
});

afterAll(() => {
  process.chdir(home);
  rmSync(place, { recursive: true, force: true });
  rmSync(written, { recursive: true, force: true });
});

/** An example as a module: with what it leaves out, and the names of the package whose reference shows it. */
async function moduleOf({ name, code, of }: Example): Promise<string> {
  const before = given[name] ?? '';
  const exported = of === undefined || code.includes('import ') ? [] : Object.keys(await import(of));
  const used = exported.filter((each) => new RegExp(`\\b${each}\\b`).test(before + code));
  return `${used.length > 0 ? `import { ${used.join(', ')} } from '${of}';\n` : ''}${before}\n${code}\nexport {};\n`;
}

const running = examples.filter(({ name }) => !Object.hasOwn(left, name));

it.each(running)('$name runs', async (example) => {
  const file = join(written, `${example.name.replace(/\W+/g, '-')}.mts`);
  writeFileSync(file, await moduleOf(example));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await import(pathToFileURL(file).href);
  } finally {
    log.mockRestore();
  }
});

it('every exception is one of an example that is there', () => {
  const names = examples.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(25);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(given), ...Object.keys(left)]));
});
