import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@hurwitz/training';
import { fromJson, toJson } from '@hurwitz/training/files';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { everyFlip } from '../../scripts/every-flip.js';
import { experiments } from '../experiments.js';
import type { LedgerEntry } from '../ledger/ledger.js';
import { ledgerIndex } from '../ledger/ledger-index.js';
import type { Experiment, Part, PartResult } from '../runner/experiment.js';
import { listExperiments } from '../runner/list-experiments.js';
import { PartCache } from '../runner/part-cache.js';
import { type RunExperimentOptions, runExperiment } from '../runner/run-experiment.js';
import { temporaryFolder } from './temporary-folder.js';

let out = '';
let printed: string[] = [];
beforeEach(() => {
  out = temporaryFolder();
  printed = [];
});
afterEach(() => rmSync(out, { recursive: true }));

const options = (change: Partial<RunExperimentOptions> = {}): RunExperimentOptions => ({
  ...{ out, seed: 3, full: false, backend: 'cpu', keepParts: false, command: 'hurwitz reproduce waves' },
  print: (line) => printed.push(line),
  ...change,
});

type Waves = Experiment<
  { waves: number },
  PartResult<
    Part & { index: number; seed: number },
    { wave: number; bound: number; samples: ArrayLike<number> }
  >
>;

/** Four parts, each computed from the seed; fails once before part `failAt`. */
function waves(failAt?: number): { experiment: Waves; computed: number[]; made: number[] } {
  const computed: number[] = [];
  const made: number[] = [];
  let failing = failAt;
  const experiment: Waves = {
    id: 'waves',
    title: 'Four waves',
    paper: 'Vogt et al. 2022',
    settings: {
      schema: z.strictObject({ waves: z.int().positive() }),
      ...{ default: { waves: 4 }, full: { waves: 5 } },
    },
    parts: (settings, seed) =>
      Array.from({ length: settings.waves }, (_, index) => ({ key: `wave-${index}`, index, seed })),
    async compute({ index, seed }, { once, progress, workFolder }) {
      if (index === failing) {
        failing = undefined;
        throw new Error('the power went');
      }
      expect(existsSync(workFolder)).toBe(true);
      await once('sea', () => made.push(index));
      computed.push(index);
      progress(`of height ${index}`);
      return { wave: Math.sin(seed / 7 + index), bound: Infinity, samples: Float64Array.of(1 / 3, -0.1) };
    },
    summarise(results, { settings }) {
      const values = results.map(({ value }) => value);
      const text = values.map(({ wave, samples }) => `${wave} ${Array.isArray(samples)}`).join('\n');
      const figures = [
        { svg: '<svg>a</svg>', caption: 'A wave' },
        { svg: '<svg>b</svg>', caption: 'Another', name: 'b' },
      ];
      const sizes = [{ quantity: 'waves', paper: 30, here: settings.waves }];
      const comparison = [{ quantity: 'height', paper: 'not given', here: 1 }];
      return { numbers: { values }, figures, sizes, comparison, tuned: 'nothing', text };
    },
  };
  return { experiment, computed, made };
}

const numbers = (folder: string): unknown =>
  (fromJson(readFileSync(join(folder, 'waves.json'), 'utf8')) as { numbers: unknown }).numbers;

describe('runExperiment', () => {
  it('goes on after an interruption with the parts that are there, to the same numbers and text', async () => {
    const whole = waves();
    await runExperiment(whole.experiment, options());
    const expected = [numbers(out), readFileSync(join(out, 'waves.md'), 'utf8').split('\n\n').slice(2)];
    const broken = waves(2);
    await expect(runExperiment(broken.experiment, options())).rejects.toThrow('the power went');
    expect(existsSync(join(out, 'waves.parts', 'part-wave-1.json'))).toBe(true);
    await runExperiment(broken.experiment, options());
    expect(broken.computed).toEqual([0, 1, 2, 3]);
    expect([numbers(out), readFileSync(join(out, 'waves.md'), 'utf8').split('\n\n').slice(2)]).toEqual(
      expected,
    );
    expect(numbers(out)).toMatchObject({ values: [{ bound: Infinity, samples: [1 / 3, -0.1] }, {}, {}, {}] });
    expect(existsSync(join(out, 'waves.parts'))).toBe(false);
  });

  it('computes anew once it has finished, unless the parts are kept', async () => {
    const { experiment, computed } = waves();
    await runExperiment(experiment, options());
    await runExperiment(experiment, options({ keepParts: true }));
    expect(computed).toHaveLength(8);
    await runExperiment(experiment, options({ keepParts: true }));
    expect(computed).toHaveLength(8);
  });

  it('makes what the parts share once', async () => {
    const { experiment, made } = waves();
    await runExperiment(experiment, options());
    expect(made).toEqual([0]);
  });

  it('takes settings of its own, and says which do not fit', async () => {
    const { experiment, computed } = waves();
    await runExperiment(experiment, options({ changes: { waves: 2 } }));
    expect(computed).toEqual([0, 1]);
    const refused = runExperiment(experiment, options({ changes: { waves: -1, height: 2 } }));
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(/^The settings of waves do not fit: waves Too small.*height/);
  });

  it.each<[string, Partial<RunExperimentOptions>, string]>([
    ['another seed', { seed: 4 }, 'seed: 3 there, 4 here'],
    ['another size', { full: true }, 'waves: 4 there, 5 here'],
    ['another backend', { backend: 'wasm' }, 'backend: "cpu" there, "wasm" here'],
    ['other threads', { threads: 2 }, 'threads: null there, 2 here'],
  ])('refuses the parts of %s, and says what differs', async (_, change, message) => {
    const { experiment, computed } = waves(1);
    await expect(runExperiment(experiment, options())).rejects.toThrow('the power went');
    const resumed = runExperiment(experiment, options(change));
    await expect(resumed).rejects.toThrow(UserError);
    await expect(resumed).rejects.toThrow(message);
    expect(computed).toEqual([0]);
  });

  it('names a damaged part', async () => {
    const { experiment } = waves(1);
    await expect(runExperiment(experiment, options())).rejects.toThrow('the power went');
    writeFileSync(join(out, 'waves.parts', 'part-wave-0.json'), '{ "seconds": ');
    await expect(runExperiment(experiment, options())).rejects.toThrow(/part-wave-0\.json.*Delete it/);
  });

  it('refuses in a sentence a part with any flipped bit, of another key, or of other settings', async () => {
    const folder = join(out, 'waves.parts');
    const { experiment } = waves(2);
    await expect(runExperiment(experiment, options())).rejects.toThrow('the power went');
    const identity = { id: 'waves', seed: 3, settings: { waves: 4 }, backend: 'cpu', threads: null };
    const cache = PartCache.open(folder, { identity, code: 'commit 1' });
    const read = (key: string): Promise<unknown> =>
      cache.part(key, () => {
        throw new Error('computed again');
      });
    const value = await read('wave-0');
    const path = join(folder, 'part-wave-0.json');
    const outcomes: Promise<unknown>[] = [];
    everyFlip(path, () => outcomes.push(read('wave-0').catch((error) => error)));
    for (const outcome of await Promise.all(outcomes)) {
      if (outcome instanceof UserError)
        expect(outcome.message).toMatch(/^.*part-wave-0\.json .*\. Delete it and run/);
      // A space that became another one, or a digit beyond those that a number keeps.
      else expect(outcome).toEqual(value);
    }
    renameSync(path, join(folder, 'part-wave-1.json'));
    await expect(read('wave-1')).rejects.toThrow('part-wave-1.json is damaged');
    rmSync(join(folder, 'settings.json'));
    const resumed = runExperiment(experiment, options({ seed: 4 }));
    await expect(resumed).rejects.toThrow('part-wave-1.json is damaged');
  });

  it('writes an entry with seed, command, machine, time and every figure', async () => {
    const files = await runExperiment(waves().experiment, options());
    expect(files).toEqual(['waves.svg', 'waves-b.svg', 'waves.json', 'waves.md', 'README.md']);
    const entry = readFileSync(join(out, 'waves.md'), 'utf8');
    expect(entry).toMatch(
      /^# Four waves\n\n.+\n.+\n\| `hurwitz reproduce waves` \| 3 \| 20\d\d-\d\d-\d\d \| commit [0-9a-f]{10}\+? \| .+ cores, Node \S+ \| cpu \| 0\.\d s \| \[waves\.json\]\(waves\.json\) \|\n/,
    );
    expect(entry).toContain('| waves | 30 | 4 |\n| height | not given | 1 |');
    expect(entry).toContain('Chosen after a first result was seen: nothing.');
    expect(entry).toContain('![A wave](waves.svg)');
    expect(entry).toContain('![Another](waves-b.svg)');
    expect(readFileSync(join(out, 'waves-b.svg'), 'utf8')).toBe('<svg>b</svg>');
    expect(printed.slice(0, 2)).toEqual([
      expect.stringMatching(/^waves, 0\.\d s: wave-0: of height 0$/),
      expect.stringMatching(/^waves, 0\.\d s: wave-0 done, 1 of 4$/),
    ]);
  });

  it('asks for the data that an experiment reads', async () => {
    const experiment = { ...waves().experiment, data: 'the sea' };
    await expect(runExperiment(experiment, options())).rejects.toThrow(
      'waves reads the sea: name its folder',
    );
    const elsewhere = runExperiment(experiment, options({ dataDir: join(out, 'nowhere') }));
    await expect(elsewhere).rejects.toThrow('There is no folder');
    expect(existsSync(join(out, 'waves.parts'))).toBe(false);
  });
});

it('the list has every experiment under its paper, with what it takes', () => {
  const { experiment } = waves();
  const text = listExperiments([experiment, ...experiments]);
  const [title, ...waiting] = text
    .split('\n\n')
    .find((section) => section.startsWith('Vogt'))!
    .split('\n');
  expect(title).toMatch(/^Vogt et al\. 2022: On Lyapunov exponents/);
  expect(waiting.slice(0, 3)).toEqual([
    '  waves',
    '    Four waves',
    '    takes no data; 4 parts, 5 with --full',
  ]);
  for (const { id } of experiments) expect(text.match(new RegExp(`^  ${id}$`, 'gm'))).toHaveLength(1);
  expect(text).toContain('takes --data-dir with MNIST; 1 part, 24 with --full');
  expect(text).toContain('takes no data; 4 parts, one size');
  expect(text).toContain('takes no data; 14 parts, larger with --full');
});

describe.each(experiments.map((experiment) => [experiment.id, experiment] as const))(
  '%s',
  (_, experiment) => {
    const { schema, default: usual, full } = experiment.settings;

    it('has settings that its schema accepts, and refuses another', () => {
      for (const settings of full === undefined ? [usual] : [usual, full]) {
        expect(schema.parse(settings)).toEqual(settings);
        expect(schema.safeParse({ ...settings, unheard: 1 }).success).toBe(false);
      }
    });

    it('has parts of plain JSON, each with a key of its own, the same whenever they are asked for', () => {
      for (const settings of full === undefined ? [usual] : [usual, full]) {
        const parts = experiment.parts(settings, 3);
        expect(JSON.parse(JSON.stringify(parts))).toEqual(parts);
        expect(experiment.parts(settings, 3)).toEqual(parts);
        expect(new Set(parts.map(({ key }) => key)).size).toBe(parts.length);
        for (const { key } of parts) expect(key).toMatch(/^[\w.-]+$/);
      }
    });
  },
);

const results = fileURLToPath(new URL('../../docs/results', import.meta.url));

describe('the ledger', () => {
  it('begins with a page of what each paper has and what is here', async () => {
    await runExperiment(waves().experiment, options());
    const page = readFileSync(join(out, 'README.md'), 'utf8');
    expect(page).toBe(ledgerIndex(out));
    expect(page).toContain('| [waves](waves.md) | waves | 30 | 4 |');
    expect(page).toContain('`hurwitz reproduce waves`');
  });

  it('leaves a README of somebody else alone', async () => {
    writeFileSync(join(out, 'README.md'), '# Mine\n');
    const files = await runExperiment(waves().experiment, options());
    expect(files).not.toContain('README.md');
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toBe('# Mine\n');
  });

  it('of this repository is the page that its raw files give', () => {
    expect(readFileSync(join(results, 'README.md'), 'utf8')).toBe(ledgerIndex(results));
  });

  it('of this repository says of every entry where it came from, and what the paper has', () => {
    const entries = readdirSync(results).filter((name) => name.endsWith('.json'));
    expect(entries.length).toBeGreaterThan(10);
    for (const name of entries) {
      const entry = fromJson(readFileSync(join(results, name), 'utf8')) as LedgerEntry;
      expect(experiments.map(({ id }) => id)).toContain(entry.id);
      expect(entry.date, name).toMatch(/^20\d\d-\d\d-\d\d$/);
      for (const code of entry.code) expect(code, name).toMatch(/^commit [0-9a-f]{10}$/);
      expect(Math.min(entry.sizes.length, entry.comparison.length, entry.code.length), name).toBeGreaterThan(
        0,
      );
      const page = readFileSync(join(results, `${entry.id}.md`), 'utf8');
      for (const { quantity, here } of [...entry.sizes, ...entry.comparison]) {
        expect(page, name).toContain(` | ${String(here).replaceAll('|', '\\|')} |`);
        expect(page, name).toContain(quantity.replaceAll('|', '\\|'));
      }
    }
  });
});

it('JSON of parts keeps every number bit for bit', () => {
  const number = fc.double().map((value) => (value === 0 ? 0 : value)); // JSON has no -0
  const data = fc.array(
    fc.record({ rows: fc.array(fc.array(number)), name: fc.constantFrom('a [1, 2]', '') }),
  );
  fc.assert(
    fc.property(data, (value) => {
      expect(fromJson(toJson(value))).toEqual(value);
    }),
  );
});
