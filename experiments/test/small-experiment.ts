import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromJson } from '@hurwitz/training/files';
import { expect } from 'vitest';
import type { Experiment } from '../runner/experiment.js';
import { runExperiment } from '../runner/run-experiment.js';
import { temporaryFolder } from './temporary-folder.js';

/** Runs an experiment with some settings made small; gives the numbers and the entry that it wrote, and looks over both. */
export async function small<Numbers>(
  experiment: Experiment,
  changes: object,
  { dataDir, seed = 1 }: { dataDir?: string; seed?: number } = {},
): Promise<{ numbers: Numbers; entry: string }> {
  const out = temporaryFolder();
  const files = await runExperiment(experiment, {
    ...{ out, seed, dataDir, full: false, changes, backend: 'cpu', keepParts: false, command: 'test' },
    print: () => {},
  });
  const read = (file: string): string => readFileSync(join(out, file), 'utf8');
  for (const file of files.filter((name) => name.endsWith('.svg'))) expect(read(file)).toMatch(/^<svg/);
  const entry = read(`${experiment.id}.md`);
  expect(entry).not.toMatch(/NaN|undefined|\[object/);
  const { numbers } = fromJson(read(`${experiment.id}.json`)) as { numbers: Numbers };
  rmSync(out, { recursive: true });
  return { numbers, entry };
}
