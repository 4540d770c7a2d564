import { rmSync } from 'node:fs';
import {
  buildTask,
  type Config,
  cellNames,
  configVersion,
  defaultsOf,
  flags,
  makeOptimizer,
  optimizerNames,
  resumableKeys,
  taskNames,
  unreadInTraining,
  unusedKeys,
} from '@hurwitz/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess, temporaryFolder } from './command.js';

const cwd = process.cwd();
let folder = '';
beforeAll(async () => {
  folder = temporaryFolder();
  process.chdir(folder);
  await train('--out run');
  await train('--cell lstm --out lstm');
});
afterAll(() => {
  process.chdir(cwd);
  rmSync(folder, { recursive: true });
});

const train = (line: string): Promise<string | undefined> =>
  runInProcess(
    `train adding --length 2 --units 1 --epochs 1 --batch-size 10000 --backend cpu ${line}`.split(' '),
  );

describe('a flag that has no effect is refused with the reason', () => {
  it.each([
    [
      '--decay-factor 0.5 --decay-epochs 99',
      '--decay-epochs 99 has no effect, since training ends after epoch 1.',
    ],
    ['--decay-epochs 1', '--decay-epochs has no effect without --decay-factor, which is 1.'],
    ['--decay-factor 0.5', '--decay-factor has no effect without --decay-epochs before the last epoch, 1.'],
    ['--momentum 0.5', '--momentum means nothing to the optimizer adam; only sgd has it.'],
    ['--momentum 0.5 --optimizer rmsprop', '--momentum means nothing to the optimizer rmsprop'],
    ['--spectrum-every 2', '--spectrum-every needs --spectrum.'],
    ['--spectrum-every 1', '--spectrum-every needs --spectrum.'],
    ['--init-std 1 --init-range 1', '--init-std has no effect beside --init-range'],
    ['--data-dir d', '--data-dir means nothing to the task adding.'],
    ['--epsilon 1 --cell lstm', '--epsilon means nothing to the cell lstm.'],
    ['--units 2', '--units is given more than once.'],
  ])('train %s', async (line, message) => {
    expect(await train(line)).toContain(message);
  });

  it('train --batch-size beyond the data', async () => {
    const line = 'train adding --length 2 --units 1 --epochs 1 --backend cpu --batch-size 10001';
    expect(await runInProcess(line.split(' '))).toBe(
      '--batch-size: must be at most 10000, the sequences of the training data, got 10001.',
    );
  });

  it.each([
    ['evaluate run --data-dir .', '--data-dir means nothing to the task adding.'],
    ['analyse run --data-dir .', '--data-dir means nothing to the task adding.'],
    ['spectrum run --data-dir .', '--data-dir means nothing to the task adding.'],
    ['train --resume run --data-dir .', '--data-dir means nothing to the task adding.'],
    ['spectrum run --hidden only', '--hidden means nothing to lipschitz, which has no LSTM.'],
    ['spectrum run --hidden with-cell', '--hidden means nothing to lipschitz, which has no LSTM.'],
    ['spectrum run --seed 3', '--seed has no effect on a run, which is driven by its test data.'],
    ['spectrum run --layer lipschitz', '--layer belongs to a model, and run is a run folder'],
    [
      'spectrum run --sequences 5000',
      '--sequences: must be at most 1000, the sequences of the test data of adding',
    ],
    [
      'spectrum run --steps 4 --warmup 0 --qr-interval 5',
      '--qr-interval: must be at most the 4 counted steps, got 5.',
    ],
    ['reproduce --list --full', '--full has no effect beside --list.'],
    ['reproduce lyapunov-fig1 --list', 'lyapunov-fig1 has no effect beside --list.'],
  ])('%s', async (line, message) => {
    expect(
      await runInProcess([...line.split(' '), ...(line.includes('list') ? [] : ['--backend', 'cpu'])]),
    ).toContain(message);
  });

  it('an LSTM does take --hidden only', async () => {
    const line = 'spectrum lstm --hidden only --steps 4 --sequences 2 --backend cpu';
    expect(await runInProcess(line.split(' '))).toBeUndefined();
  });
});

/** The keys that some work reads of a configuration. */
async function keysRead(config: Config, work: (config: Config) => unknown): Promise<Set<string>> {
  const read = new Set<string>();
  const watched = new Proxy(config, {
    get: (target, key) => {
      read.add(String(key));
      return target[key as keyof Config];
    },
  });
  await work(watched);
  return read;
}

describe('what is not refused is read', () => {
  // What every training reads beside its task, and what is read only where it is given.
  const shared = [
    'epochs',
    'learningRate',
    'decayFactor',
    'decayEpochs',
    'clipNorm',
    'testEachEpoch',
    'spectrum',
  ];
  const readByTraining = [...shared, 'spectrumEvery', 'checkpointEvery', 'optimizer', 'certify', 'stable'];
  const tasks = taskNames.filter((task) => unusedKeys({ task, cell: 'lipschitz' }).includes('dataDir'));

  // The pendulum has one cell.
  const pairs = tasks.flatMap((task) =>
    (task === 'pendulum' ? (['lipschitz'] as const) : cellNames).map((cell) => [task, cell] as const),
  );
  it.each(pairs)('by %s with the cell %s: every flag that is taken', async (task, cell) => {
    const config = {
      ...defaultsOf(task),
      cell,
      length: 2,
      units: task === 'pendulum' ? 2 : 1,
      initStd: 1,
      version: configVersion,
    } as Config;
    const read = await keysRead(config, async (watched) => {
      const { stages } = await buildTask(watched);
      for (const stage of stages) (await stage()).model.dispose();
    });
    const unread = unreadInTraining({ ...config, optimizer: 'sgd', spectrum: true });
    const taken = flags
      .map(({ key }) => key)
      .filter(
        (key) =>
          unread[key] === undefined && ![...readByTraining, ...resumableKeys, 'momentum'].includes(key),
      );
    for (const key of taken) expect(read, key).toContain(key);
  });

  it.each(optimizerNames)('by %s: momentum just where it is taken', (optimizer) => {
    const config = { ...defaultsOf('adding'), optimizer, momentum: 0.5, version: configVersion } as Config;
    const slow = makeOptimizer(config).getConfig();
    const fast = makeOptimizer({ ...config, momentum: 0.9 }).getConfig();
    const matters = JSON.stringify(slow) !== JSON.stringify(fast);
    expect(unreadInTraining(config)['momentum'] === undefined).toBe(matters);
  });
});
