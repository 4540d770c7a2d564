import {
  buildTask,
  type Config,
  configVersion,
  defaultsOf,
  flagOf,
  flags,
  memoryNeeds,
  oneOf,
  RunFolder,
  refuseUnread,
  requireMemory,
  resumableKeys,
  type TaskDefinition,
  taskNames,
  tasks,
  UserError,
  unreadInTraining,
  validateConfig,
} from '@hurwitz/training';
import { withFolderLock } from '@hurwitz/training/files';
import { untilInterrupted } from '../console/interrupt.js';
import { runOnConsole } from '../console/run-on-console.js';
import { startBackend, warn } from './start-backend.js';

export type TrainOptions = Partial<Config> & { out?: string; resume?: string; preset?: string };

/** `hurwitz train`: a new run, or an earlier one continued. */
export async function train(task: string | undefined, options: TrainOptions): Promise<void> {
  if (options.resume === undefined) await startRun(newConfig(task, options), options.out);
  else await resumeRun(earlierRun(task, { ...options, resume: options.resume }));
}

async function startRun(config: Config, out: string | undefined): Promise<void> {
  if (out !== undefined) RunFolder.requireFree(out);
  // The folder comes last, so that a mistake leaves none behind.
  const run = await prepareRun(config);
  await untilInterrupted(async (signal) => {
    const folder =
      out === undefined
        ? RunFolder.createNumbered('runs', config.task, config)
        : RunFolder.create(out, config);
    await withFolderLock(folder.path, () => run(folder, signal));
  });
}

async function resumeRun({ folder, config }: { folder: RunFolder; config: Config }): Promise<void> {
  await withFolderLock(folder.path, async () => {
    const run = await prepareRun(config);
    await untilInterrupted((signal) => run(folder, signal));
  });
}

/** Whatever can go wrong before a folder is needed; returns what trains in one. */
async function prepareRun(config: Config) {
  requireMemory(memoryNeeds(config));
  const backend = await startBackend(config);
  const task = await buildTask(config);
  return async (folder: RunFolder, signal: AbortSignal): Promise<void> => {
    console.log(`${config.task} on the ${backend.name} backend (${backend.why}); run folder ${folder.path}`);
    await runOnConsole(task, { config, folder, signal, warn });
  };
}

function newConfig(task: string | undefined, options: TrainOptions): Config {
  if (task === undefined) {
    throw new UserError(`hurwitz train: expected a task (${taskNames.join(', ')}) or --resume <folder>.`);
  }
  const known = oneOf('task', task, taskNames);
  const { out: _, resume: __, preset, ...given } = options;
  const chosen = { ...presetSettings(known, preset), ...given };
  const config = validateConfig({ ...defaultsOf(known, chosen), ...chosen, version: configVersion });
  refuseUnread(new Set(Object.keys(given)), unreadInTraining(config));
  return config;
}

function presetSettings(task: string, name: string | undefined): Partial<Config> {
  if (name === undefined) return {};
  const withRows: readonly Pick<TaskDefinition, 'name' | 'presets'>[] = tasks.filter((each) => each.presets);
  if (withRows.every((each) => each.name !== task)) {
    const owner = withRows.find(({ presets }) => name in presets!) ?? withRows[0]!;
    throw new UserError(`--preset ${name} is a row of ${owner.name}, not of ${task}.`);
  }
  const { presets = {} } = withRows.find((each) => each.name === task)!;
  return presets[oneOf('preset', name, Object.keys(presets))]!.settings;
}

function earlierRun(
  task: string | undefined,
  options: TrainOptions & { resume: string },
): { folder: RunFolder; config: Config } {
  const folder = RunFolder.reopen(options.resume, warn);
  const stored = folder.config;
  if (task !== undefined && task !== stored.task) {
    throw new UserError(`${folder.path} is a run of ${stored.task}, not of ${task}.`);
  }
  for (const other of ['out', 'preset'] as const) {
    if (options[other] !== undefined) throw new UserError(`--${other} and --resume do not go together.`);
  }
  const changed = flags.map(({ key }) => key).filter((key) => options[key] !== undefined);
  const fixed = changed.find((key) => !resumableKeys.includes(key));
  if (fixed !== undefined) {
    throw new UserError(
      `${flagOf(fixed)} cannot change on --resume, which continues the same run. Start a new run instead.`,
    );
  }
  refuseUnread(new Set(changed), unreadInTraining(stored));
  const overrides = Object.fromEntries(changed.map((key) => [key, options[key]]));
  return { folder, config: validateConfig({ ...stored, ...overrides }) };
}
