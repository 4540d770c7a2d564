import { z } from 'zod';
import { optimizerNames } from '../loop/optimizer.js';
import { count, option, part, positive, type Refusals, type ValuesOf, whole } from './option.js';

/** Layers draw from multiples of the seed, which have to stay whole numbers. */
export const largestSeed = 2 ** 32 - 1;

/** What every training reads. */
export const trainingOptions = {
  batchSize: option(count, { kind: 'number', group: 'Training', about: 'sequences in a step', default: 128 }),
  epochs: option(count, {
    kind: 'number',
    group: 'Training',
    about: 'passes over the training data',
    default: 10,
  }),
  optimizer: option(z.enum(optimizerNames), {
    kind: 'name',
    group: 'Training',
    about: optimizerNames.join(', '),
    default: 'adam',
  }),
  learningRate: option(positive, {
    kind: 'number',
    group: 'Training',
    about: 'of the optimizer, before any decay',
    default: 0.003,
  }),
  momentum: option(part, { kind: 'number', group: 'Training', about: 'of sgd', default: 0.9 }),
  decayFactor: option(positive, {
    kind: 'number',
    group: 'Training',
    about: 'multiplies the learning rate at each decay epoch',
    default: 1,
  }),
  decayEpochs: option(z.array(count), {
    kind: 'list',
    group: 'Training',
    about: 'after which epochs, for example 30,60',
    default: [],
  }),
  clipNorm: option(positive.optional(), {
    kind: 'number',
    group: 'Training',
    about: 'bound on the joint norm of all gradients',
  }),
  testEachEpoch: option(z.boolean().default(false), {
    kind: 'switch',
    group: 'Training',
    about: 'also log the test metrics of every epoch; no choice depends on them',
    default: false,
  }),
  spectrum: option(z.boolean().default(false), {
    kind: 'switch',
    group: 'Training',
    about: 'log the largest and the mean Lyapunov exponent along test sequences',
    default: false,
  }),
  spectrumEvery: option(count.default(1), {
    kind: 'number',
    group: 'Training',
    about: 'epochs from one to the next',
    default: 1,
  }),
  checkpointEvery: option(count, {
    kind: 'number',
    group: 'Training',
    about: 'steps between checkpoints',
    default: 50,
  }),
  seed: option(whole.nonnegative('must be at least 0').max(largestSeed, `must be at most ${largestSeed}`), {
    kind: 'number',
    group: 'Training',
    about: 'decides weights, batches and permutations',
    default: 1,
  }),
};

/** Options of a training that another one leaves without effect, with the reason. */
export function unreadOfTraining(config: ValuesOf<typeof trainingOptions>): Refusals {
  const { optimizer, decayFactor, decayEpochs, epochs, spectrum } = config;
  const late = decayEpochs.find((epoch) => epoch >= epochs);
  return {
    ...(optimizer !== 'sgd' && { momentum: `means nothing to the optimizer ${optimizer}; only sgd has it` }),
    ...(!spectrum && { spectrumEvery: 'needs --spectrum' }),
    ...(late !== undefined && {
      decayEpochs: `${late} has no effect, since training ends after epoch ${epochs}`,
    }),
    ...(decayEpochs.every((epoch) => epoch >= epochs) && {
      decayFactor: `has no effect without --decay-epochs before the last epoch, ${epochs}`,
    }),
    ...(decayFactor === 1 && { decayEpochs: 'has no effect without --decay-factor, which is 1' }),
  };
}
