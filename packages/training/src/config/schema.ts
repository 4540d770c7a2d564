import { publishedPermutations } from '@hurwitz/datasets';
import { tableaux } from '@hurwitz/integrators';
import { z } from 'zod';
import { backendChoices } from '../backend/backend-choices.js';
import { forgetBound, smallestLSTMFactor } from '../hooks/keep-stable.js';
import { optimizerNames } from '../loop/optimizer.js';

/** The version of config.json; it changes when an older file would be read wrongly. */
export const configVersion = 1;

export const cellNames = [
  'lipschitz',
  'antisymmetric',
  'vanilla',
  'residual',
  'cayley',
  'exponential',
  'lstm',
  'gru',
] as const;
export const taskNames = [
  'pendulum',
  'pixel-mnist',
  'adding',
  'copy-memory',
  'char-rnn',
  'mocap',
  'wikitext-2',
  'ptb',
] as const;

export const activationNames = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'] as const;
export const schemeNames = Object.keys(tableaux);
/** How the readout starts: Glorot with bias 0, or as PyTorch's Linear, kernel and bias in ±1/√units. */
export const readoutInitNames = ['glorot', 'linear'] as const;
/** `none` reads the pixels in order, `seeded` in an order drawn from the seed. */
export const permutationNames = ['none', 'seeded', ...Object.keys(publishedPermutations)];

const real = z.number('must be a finite number');
const positive = real.positive('must be greater than 0');
const whole = z.int({
  error: ({ code }) =>
    code === 'too_big' ? `must be at most ${Number.MAX_SAFE_INTEGER}` : 'must be a whole number',
});
const count = whole.positive('must be at least 1');
/** Layers draw from multiples of the seed, which have to stay whole numbers. */
export const largestSeed = 2 ** 32 - 1;

const beta = real.min(0, 'must lie in [0, 1]').max(1, 'must lie in [0, 1]');

/** Why a model of these settings cannot be kept certified, or undefined. */
function uncertifiable({
  betaA,
  betaW,
  gated,
}: {
  betaA: number;
  betaW: number;
  gated: boolean;
}): string | undefined {
  if (betaA === 1 || betaW === 1) {
    return 'needs --beta-a and --beta-w below 1, where the weights can move all of A and W';
  }
  return gated ? 'does not go with --gated: Theorem 1 is about the cell without a gate' : undefined;
}

/** Why a model of these settings cannot be kept stable, or undefined. */
function unstabilisable({
  cell,
  activation,
  stable,
}: {
  cell: string;
  activation?: string | undefined;
  stable: number;
}): string | undefined {
  if (cell === 'vanilla') {
    return activation === 'modrelu' ? 'does not go with --activation modrelu, which may jump' : undefined;
  }
  if (cell !== 'lstm') return 'needs --cell vanilla or lstm, whose stable sets are known';
  if (stable >= smallestLSTMFactor - 1e-9) return undefined;
  return `must be at least ${smallestLSTMFactor.toFixed(2)} for an LSTM, whose forget gates may reach ${forgetBound}`;
}

/** Everything that decides a run's numbers, and where they come from. Written to config.json. */
export const configSchema = z
  .strictObject({
    version: z.literal(configVersion),
    task: z.enum(taskNames),
    cell: z.enum(cellNames),
    units: count,
    epsilon: positive,
    betaA: beta,
    gammaA: real,
    betaW: beta,
    gammaW: real,
    scheme: z.enum(schemeNames),
    gated: z.boolean(),
    activation: z.enum(activationNames).optional(),
    initStd: positive.optional(),
    initRange: positive.optional(),
    readoutInit: z.enum(readoutInitNames).default('glorot'),
    dropout: real.min(0, 'must lie in [0, 1)').lt(1, 'must lie in [0, 1)').default(0),
    certify: z.boolean().default(false),
    stable: positive.lt(1, 'must be less than 1').optional(),
    truncate: count.optional(),
    pixelsPerStep: count,
    permutation: z.enum(permutationNames),
    length: count,
    dataDir: z.string().optional(),
    batchSize: count,
    epochs: count,
    optimizer: z.enum(optimizerNames),
    learningRate: positive,
    momentum: real.min(0, 'must lie in [0, 1)').lt(1, 'must lie in [0, 1)'),
    decayFactor: positive,
    decayEpochs: z.array(count),
    clipNorm: positive.optional(),
    testEachEpoch: z.boolean().default(false),
    spectrum: z.boolean().default(false),
    spectrumEvery: count.default(1),
    seed: whole.nonnegative('must be at least 0').max(largestSeed, `must be at most ${largestSeed}`),
    backend: z.enum(backendChoices),
    threads: count.optional(),
    checkpointEvery: count,
  })
  .check(({ value, issues }) => {
    const { certify, stable, truncate, length } = value;
    const refuse = (key: keyof typeof value, message: string | undefined): void => {
      if (message !== undefined) issues.push({ code: 'custom', message, path: [key], input: value });
    };
    if (certify) refuse('certify', uncertifiable(value));
    if (stable !== undefined) refuse('stable', unstabilisable({ ...value, stable }));
    if (truncate !== undefined && truncate > length)
      refuse('truncate', `must be at most --length, ${length}`);
  });

export type Config = z.infer<typeof configSchema>;
export type Task = Config['task'];
