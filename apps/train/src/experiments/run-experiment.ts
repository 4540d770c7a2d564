import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@hurwitz/training';
import { makeFolder, withFolderLock } from '@hurwitz/training/files';
import { codeVersion } from './code-version.js';
import type { Experiment } from './experiment.js';
import { machine, type Provenance, timeText, writeEntry } from './ledger.js';
import { writeLedgerIndex } from './ledger-index.js';
import { PartCache } from './part-cache.js';

export interface RunExperimentOptions {
  out: string;
  seed: number;
  full: boolean;
  dataDir?: string;
  /** Name of the active backend, and the threads asked for. */
  backend: string;
  threads?: number;
  /** Leaves the parts, so that another run only draws and writes. */
  keepParts: boolean;
  command: string;
  /** Takes a line at a time. */
  print: (line: string) => void;
}

/**
 * Runs an experiment and writes its ledger entry into `out`. Finished parts lie in `<out>/<id>.parts` until the end, so
 * an interrupted run goes on to the same numbers.
 *
 * @returns the names of the files.
 * @throws UserError when its data are not given, or given to one that reads none, another process is at work there, or parts of other settings lie there.
 */
export async function runExperiment(
  experiment: Experiment,
  options: RunExperimentOptions,
): Promise<string[]> {
  const dataDir = checkedData(experiment, options.dataDir);
  const parts = join(options.out, `${experiment.id}.parts`);
  makeFolder(options.out, '--out');
  return withFolderLock(parts, () => runInFolder(parts, experiment, { ...options, dataDir }));
}

async function runInFolder(
  parts: string,
  experiment: Experiment,
  options: RunExperimentOptions & { dataDir: string },
): Promise<string[]> {
  const { out, seed, full, dataDir, backend, threads = null, keepParts, command, print } = options;
  const { id } = experiment;
  const settings = experiment.settings({ full });
  const cache = PartCache.open(parts, {
    identity: { id, seed, settings, backend, threads },
    code: codeVersion(),
  });
  const workFolder = join(parts, 'work');
  makeFolder(workFolder);
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  const result = await experiment.run({
    ...{ settings, seed, full, dataDir, workFolder },
    part: (key, compute) => cache.part(key, compute),
    progress: (message) => print(`${id}, ${timeText(elapsed())}: ${message}`),
  });
  const seconds = elapsed() - cache.secondsNow + cache.seconds;
  const provenance: Provenance = {
    ...{ command, seed, settings, backend, seconds },
    ...{ machine: machine(), code: cache.codes(), date: new Date().toISOString().slice(0, 10) },
  };
  const files = [...writeEntry(out, experiment, { provenance, result }), ...writeLedgerIndex(out)];
  if (!keepParts) cache.clear();
  return files;
}

function checkedData({ id, data }: Experiment, dataDir: string | undefined): string {
  if (data === undefined) {
    if (dataDir === undefined) return '';
    throw new UserError(`${id} reads no data. Leave --data-dir out.`);
  }
  if (dataDir === undefined) throw new UserError(`${id} reads ${data}: name its folder with --data-dir.`);
  if (existsSync(dataDir)) return dataDir;
  throw new UserError(`There is no folder ${dataDir}; ${id} reads ${data} from --data-dir.`);
}
