import { experiments, listExperiments, runExperiment } from '@hurwitz/experiments';
import { oneOf, refuseUnread, UserError } from '@hurwitz/training';
import { startBackend } from './start-backend.js';

export interface ReproduceOptions {
  list?: boolean;
  out: string;
  seed: number;
  full?: boolean;
  dataDir?: string;
  backend: string;
  threads?: number;
  keepParts?: boolean;
}

/** `hurwitz reproduce`: runs an experiment of a paper and writes its figure, numbers and ledger entry. */
export async function reproduce(
  id: string | undefined,
  options: ReproduceOptions,
  given: ReadonlySet<string>,
): Promise<void> {
  if (options.list) {
    const alone = 'has no effect beside --list';
    if (id !== undefined) throw new UserError(`${id} ${alone}. Leave one of the two out.`);
    refuseUnread(
      given,
      Object.fromEntries([...given].map((key) => [key, key === 'list' ? undefined : alone])),
    );
    return console.log(listExperiments(experiments));
  }
  if (id === undefined) throw new UserError('Name an experiment: hurwitz reproduce --list shows them all.');
  const name = oneOf(
    'experiment',
    id,
    experiments.map((experiment) => experiment.id),
  );
  const experiment = experiments.find((each) => each.id === name)!;
  if (experiment.settings.full === undefined)
    refuseUnread(given, { full: `means nothing to ${name}, which has one size` });
  const { out, seed, dataDir, threads, full = false, keepParts = false } = options;
  const backend = await startBackend(options);
  const files = await runExperiment(experiment, {
    ...{ out, seed, full, dataDir, threads, keepParts },
    ...{ backend: backend.name, command: commandLine(name, options) },
    print: (line) => console.error(line),
  });
  console.log(`Written to ${out}: ${files.join(', ')}`);
}

/** What has to be typed for the same numbers; folders are the reader's own. */
function commandLine(id: string, { seed, full, dataDir, backend, threads }: ReproduceOptions): string {
  return [
    `hurwitz reproduce ${id}`,
    ...(full ? ['--full'] : []),
    ...(seed === 1 ? [] : [`--seed ${seed}`]),
    ...(dataDir === undefined ? [] : ['--data-dir <folder>']),
    ...(backend === 'auto' ? [] : [`--backend ${backend}`]),
    ...(threads === undefined ? [] : [`--threads ${threads}`]),
  ].join(' ');
}
