import type { Config, Task } from './schema.js';

type Settings = Partial<Config>;

/** What every task starts from. */
export const commonDefaults: Omit<Config, 'version' | 'task'> = {
  cell: 'lipschitz',
  units: 128,
  epsilon: 0.03,
  betaA: 0.75,
  gammaA: 0.001,
  betaW: 0.75,
  gammaW: 0.001,
  scheme: 'euler',
  gated: false,
  readoutInit: 'glorot',
  dropout: 0,
  certify: false,
  pixelsPerStep: 1,
  permutation: 'none',
  length: 100,
  batchSize: 128,
  epochs: 10,
  optimizer: 'adam',
  learningRate: 0.003,
  momentum: 0.9,
  decayFactor: 1,
  decayEpochs: [],
  testEachEpoch: false,
  spectrum: false,
  spectrumEvery: 1,
  seed: 1,
  backend: 'auto',
  checkpointEvery: 50,
};

const wordLevel: Settings = {
  cell: 'lstm',
  units: 64,
  batchSize: 20,
  length: 35,
  learningRate: 0.005,
  clipNorm: 1,
  checkpointEvery: 500,
};

/** What a task changes. */
export const taskDefaults: Record<Task, Settings> = {
  pendulum: {
    units: 2,
    epsilon: 0.1,
    scheme: 'rk4',
    batchSize: 32,
    length: 20,
    epochs: 10,
    learningRate: 0.02,
  },
  'pixel-mnist': { decayFactor: 0.1, decayEpochs: [7] },
  adding: { length: 100, batchSize: 50, epochs: 5, learningRate: 0.002, epsilon: 0.1 },
  'copy-memory': { length: 20, epochs: 5, learningRate: 0.002, epsilon: 0.1 },
  'char-rnn': { cell: 'lstm', length: 100, epochs: 5, learningRate: 0.002, epsilon: 0.1 },
  'wikitext-2': { ...wordLevel, epochs: 1 },
  ptb: { ...wordLevel, epochs: 4 },
  mocap: { cell: 'lstm', length: 25, batchSize: 32, epochs: 20, learningRate: 0.002, epsilon: 0.1 },
};

const published: Settings = { epochs: 100, decayFactor: 0.1, decayEpochs: [90], readoutInit: 'linear' };
const ordered: Settings = { ...published, learningRate: 0.003 };
const permuted: Settings = { ...published, learningRate: 0.0035, permutation: 'lipschitz-12008' };
const antisymmetric: Settings = {
  cell: 'antisymmetric',
  epsilon: 0.01,
  gammaW: 0.01,
  optimizer: 'adagrad',
  learningRate: 0.1,
  epochs: 100,
};

/**
 * Rows of the papers' tables, for pixel-MNIST. The Lipschitz rows take the settings that their authors
 * published with their code; the antisymmetric paper's own winners are not known, so a public
 * reproduction's are taken.
 */
export const presets: Record<string, { about: string; settings: Settings }> = {
  'lipschitz-euler-64': {
    about: 'Lipschitz RNN, Euler, 64 units (paper: 99.0%)',
    settings: { ...ordered, units: 64 },
  },
  'lipschitz-rk2-64': {
    about: 'Lipschitz RNN, midpoint, 64 units (paper: 99.1%)',
    settings: { ...ordered, units: 64, scheme: 'midpoint' },
  },
  'lipschitz-euler-128': { about: 'Lipschitz RNN, Euler, 128 units (paper: 99.4%)', settings: ordered },
  'lipschitz-rk2-128': {
    about: 'Lipschitz RNN, midpoint, 128 units (paper: 99.3%)',
    settings: { ...ordered, scheme: 'midpoint' },
  },
  'lipschitz-euler-64-permuted': {
    about: 'Lipschitz RNN, Euler, 64 units, permuted pixels (paper: 94.2%)',
    settings: { ...permuted, units: 64 },
  },
  'lipschitz-rk2-64-permuted': {
    about: 'Lipschitz RNN, midpoint, 64 units, permuted pixels (paper: 94.2%)',
    settings: { ...permuted, units: 64, scheme: 'midpoint' },
  },
  'lipschitz-euler-128-permuted': {
    about: 'Lipschitz RNN, Euler, 128 units, permuted pixels (paper: 96.3%)',
    settings: permuted,
  },
  'lipschitz-rk2-128-permuted': {
    about: 'Lipschitz RNN, midpoint, 128 units, permuted pixels (paper: 96.2%)',
    settings: { ...permuted, scheme: 'midpoint' },
  },
  'antisymmetric-128': {
    about: 'AntisymmetricRNN, 128 units (paper: 98.0%)',
    settings: antisymmetric,
  },
  'antisymmetric-gated-128': {
    about: 'AntisymmetricRNN with gating, 128 units (paper: 98.8%)',
    settings: { ...antisymmetric, gated: true },
  },
  'antisymmetric-128-permuted': {
    about: 'AntisymmetricRNN, 128 units, permuted pixels (paper: 95.8%)',
    settings: { ...antisymmetric, permutation: 'seeded' },
  },
  'antisymmetric-gated-128-permuted': {
    about: 'AntisymmetricRNN with gating, 128 units, permuted pixels (paper: 93.1%)',
    settings: { ...antisymmetric, gated: true, permutation: 'seeded' },
  },
  'lstm-128': {
    about: 'LSTM baseline, 128 units (reported: 97.3%)',
    settings: { ...ordered, cell: 'lstm', learningRate: 0.001, clipNorm: 1 },
  },
  'exponential-170': {
    about: 'expRNN, 170 units; its authors train W at a rate of its own, 0.00007, which is not done here',
    settings: { cell: 'exponential', units: 170, epochs: 70, optimizer: 'rmsprop', learningRate: 0.0007 },
  },
  'cayley-170': {
    about:
      'scoRNN, 170 units; its authors have 17 signs of -1 in D and a rate of 0.0001 for W, neither of which is here',
    settings: {
      cell: 'cayley',
      units: 170,
      epochs: 70,
      optimizer: 'rmsprop',
      learningRate: 0.001,
      batchSize: 50,
    },
  },
};

/** A task's settings before any flag or preset, given what these say of the pixels in a step. */
export function defaultsOf(
  task: Task,
  { pixelsPerStep = commonDefaults.pixelsPerStep }: Settings = {},
): Settings {
  // Fewer, longer steps: the state evolves about as long over the image, within what Euler stands.
  const epsilon = Math.min(commonDefaults.epsilon * pixelsPerStep, 0.5);
  return {
    ...commonDefaults,
    ...(task === 'pixel-mnist' && { epsilon }),
    ...taskDefaults[task],
    task,
    pixelsPerStep,
  };
}

type Key = keyof Config;

const unusedByTask: Record<Task, readonly Key[]> = {
  pendulum: [
    'cell',
    'units',
    'betaA',
    'gammaA',
    'betaW',
    'gammaW',
    'gated',
    'certify',
    'initRange',
    'readoutInit',
    'dropout',
    'pixelsPerStep',
    'permutation',
    'dataDir',
    'stable',
    'truncate',
  ],
  'pixel-mnist': ['length', 'truncate'],
  adding: ['pixelsPerStep', 'permutation', 'dataDir', 'truncate'],
  'copy-memory': ['pixelsPerStep', 'permutation', 'dataDir', 'truncate'],
  'char-rnn': ['pixelsPerStep', 'permutation', 'truncate'],
  // The stable set of an LSTM needs a bound on the inputs, which a motion has not.
  mocap: ['pixelsPerStep', 'permutation', 'stable', 'truncate'],
  'wikitext-2': ['pixelsPerStep', 'permutation', 'readoutInit'],
  ptb: ['pixelsPerStep', 'permutation', 'readoutInit'],
};

const cellKeys: readonly Key[] = [
  'epsilon',
  'betaA',
  'gammaA',
  'betaW',
  'gammaW',
  'scheme',
  'gated',
  'activation',
  'initStd',
  'certify',
];

const usedByCell: Record<Config['cell'], readonly Key[]> = {
  lipschitz: ['epsilon', 'betaA', 'gammaA', 'betaW', 'gammaW', 'scheme', 'gated', 'initStd', 'certify'],
  antisymmetric: ['epsilon', 'gammaW', 'gated'],
  vanilla: ['activation'],
  residual: ['epsilon', 'activation'],
  cayley: ['activation'],
  exponential: ['activation'],
  lstm: [],
  gru: [],
};

/** Flags that mean nothing to a task with a cell; giving one is a mistake to tell, not to pass over. */
export function unusedKeys({ task, cell }: Pick<Config, 'task' | 'cell'>): readonly Key[] {
  return [...unusedByTask[task], ...cellKeys.filter((key) => !usedByCell[cell].includes(key))];
}

/** Which of the two an unused flag means nothing to. */
export function unusedBy(key: Key, { task, cell }: Pick<Config, 'task' | 'cell'>): string {
  return unusedByTask[task].includes(key) ? `the task ${task}` : `the cell ${cell}`;
}
