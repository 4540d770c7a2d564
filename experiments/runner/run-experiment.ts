import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@hurwitz/training';
import { makeFolder, withFolderLock } from '@hurwitz/training/files';
import { machine, type Provenance, timeText, writeEntry } from '../ledger/ledger.js';
import { writeLedgerIndex } from '../ledger/ledger-index.js';
import { codeVersion } from './code-version.js';
import type { Experiment, PartContext, PartResult } from './experiment.js';
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
  /** Settings that are not those of the size, such as fewer repetitions. */
  changes?: object;
  command: string;
  /** Takes a line at a time. */
  print: (line: string) => void;
}

/**
 * Runs an experiment and writes its ledger entry into `out`. Finished parts lie in `<out>/<id>.parts` until the end, so
 * an interrupted run goes on to the same numbers.
 *
 * @returns the names of the files.
 * @throws UserError when its data are not given, or given to one that reads none, the changes are no settings of it,
 * another process is at work there, or parts of other settings lie there.
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
  folder: string,
  experiment: Experiment,
  options: RunExperimentOptions & { dataDir: string },
): Promise<string[]> {
  const { out, seed, full, dataDir, backend, threads = null, keepParts, command, print } = options;
  const { id } = experiment;
  const settings = settingsOf(experiment, options);
  const cache = PartCache.open(folder, {
    identity: { id, seed, settings, backend, threads },
    code: codeVersion(),
  });
  const workFolder = join(folder, 'work');
  makeFolder(workFolder);
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) / 1000;
  const parts = experiment.parts(settings, seed);
  const once = onceEach();
  const results: PartResult[] = [];
  for (const part of parts) {
    const progress = (message: string): void => print(`${id}, ${timeText(elapsed())}: ${message}`);
    const value = await cache.part(part.key, () =>
      experiment.compute(part, {
        ...{ dataDir, workFolder, once },
        progress: (message) => progress(`${part.key}: ${message}`),
      }),
    );
    results.push({ part, value });
    progress(`${part.key} done, ${results.length} of ${parts.length}`);
  }
  const summary = await experiment.summarise(results, { settings, full });
  const seconds = elapsed() - cache.secondsNow + cache.seconds;
  const provenance: Provenance = {
    ...{ command, seed, settings, backend, seconds },
    ...{ machine: machine(), code: cache.codes(), date: new Date().toISOString().slice(0, 10) },
  };
  const files = [...writeEntry(out, experiment, { provenance, summary }), ...writeLedgerIndex(out)];
  if (!keepParts) cache.clear();
  return files;
}

/** The settings of a size, some of them changed. */
function settingsOf(
  { id, settings: { schema, default: usual, full: papers } }: Experiment,
  { full, changes }: Pick<RunExperimentOptions, 'full' | 'changes'>,
): object {
  const parsed = schema.safeParse({ ...((full && papers) || usual), ...changes });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(' '));
  throw new UserError(`The settings of ${id} do not fit: ${problems.join('; ')}.`);
}

/** Makes each named value when it is first asked for. */
function onceEach(): PartContext['once'] {
  const made = new Map<string, unknown>();
  return async <Value>(name: string, make: () => Value | Promise<Value>): Promise<Value> => {
    if (!made.has(name)) made.set(name, await make());
    return made.get(name) as Value;
  };
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
