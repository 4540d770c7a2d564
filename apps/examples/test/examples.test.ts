import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Example, readmeExamples, referenceExamples } from './find-examples.js';
import { type Found, given, left } from './given.js';

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

const isMeant = ({ at, shows }: Found, example: Example) => example.at === at && example.code.includes(shows);

/** An example as a module: with what it leaves out, and the names of the package whose reference shows it. */
async function moduleOf(example: Example): Promise<string> {
  const { code, of } = example;
  const before = given.find((each) => isMeant(each, example))?.before ?? '';
  const exported = of === undefined || code.includes('import ') ? [] : Object.keys(await import(of));
  const used = exported.filter((each) => new RegExp(`\\b${each}\\b`).test(before + code));
  return `${used.length > 0 ? `import { ${used.join(', ')} } from '${of}';\n` : ''}${before}\n${code}\nexport {};\n`;
}

const running = examples
  .filter((example) => !left.some((each) => isMeant(each, example)))
  // The line that says most, for the list of tests.
  .map((example, i) => ({
    example,
    i,
    line: example.code
      .split('\n')
      .reverse()
      .find((line) => /^\S.*[;,({]/.test(line)),
  }));

it.each(running)('$example.at runs: $line', async ({ example, i }) => {
  const file = join(written, `example-${i}.mts`);
  writeFileSync(file, await moduleOf(example));
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    await import(pathToFileURL(file).href);
  } finally {
    log.mockRestore();
  }
});

it.each([...given, ...left])('one example at $at shows $shows', (each) => {
  expect(examples.filter((example) => isMeant(each, example))).toHaveLength(1);
});

it('there are some thirty', () => {
  expect(examples.length).toBeGreaterThan(30);
});
