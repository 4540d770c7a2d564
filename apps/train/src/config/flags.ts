import { backendChoices } from '../backend/select-backend.js';
import type { Config } from './schema.js';
import {
  activationNames,
  cellNames,
  optimizerNames,
  permutationNames,
  readoutInitNames,
  schemeNames,
} from './schema.js';

type Kind = 'number' | 'string' | 'boolean' | 'numbers';

/** A flag of `hurwitz train` that sets one value of the configuration. */
export interface Flag {
  key: keyof Config;
  kind: Kind;
  group: 'Model' | 'Task' | 'Training' | 'Machine';
  about: string;
}

/** Every flag, in the order of the help. */
export const flags: readonly Flag[] = [
  { key: 'cell', kind: 'string', group: 'Model', about: cellNames.join(', ') },
  { key: 'units', kind: 'number', group: 'Model', about: 'number of hidden units' },
  { key: 'epsilon', kind: 'number', group: 'Model', about: 'step of the integrator between two inputs' },
  { key: 'betaA', kind: 'number', group: 'Model', about: 'A: 0 symmetric, 1 skew-symmetric' },
  { key: 'gammaA', kind: 'number', group: 'Model', about: 'A: how far its spectrum is shifted to the left' },
  { key: 'betaW', kind: 'number', group: 'Model', about: 'W: 0 symmetric, 1 skew-symmetric' },
  { key: 'gammaW', kind: 'number', group: 'Model', about: "W's shift; the antisymmetric cell's diffusion" },
  { key: 'scheme', kind: 'string', group: 'Model', about: schemeNames.join(', ') },
  { key: 'gated', kind: 'boolean', group: 'Model', about: 'with an input gate' },
  {
    key: 'activation',
    kind: 'string',
    group: 'Model',
    about: `of the cells that let you choose: ${activationNames.join(', ')}`,
  },
  {
    key: 'initStd',
    kind: 'number',
    group: 'Model',
    about: 'recurrent weights start as N(0, (initStd / units)²)',
  },
  {
    key: 'initRange',
    kind: 'number',
    group: 'Model',
    about: 'every weight of the recurrent layer starts as U(-initRange, initRange)',
  },
  {
    key: 'readoutInit',
    kind: 'string',
    group: 'Model',
    about: `how the readout starts: ${readoutInitNames.join(', ')} (linear: PyTorch's, uniform in ±1/√units)`,
  },
  {
    key: 'dropout',
    kind: 'number',
    group: 'Model',
    about: 'part of the states that the readout does not see in training',
  },
  {
    key: 'certify',
    kind: 'boolean',
    group: 'Model',
    about: 'keep γ_A above the bound of Theorem 1 (a) at every step',
  },
  {
    key: 'stable',
    kind: 'number',
    group: 'Model',
    about: 'vanilla, lstm: project after every step to models that contract by this factor',
  },
  {
    key: 'truncate',
    kind: 'number',
    group: 'Model',
    about: 'wikitext-2, ptb: at each word, the state after so many words from zero',
  },
  { key: 'dataDir', kind: 'string', group: 'Task', about: "folder of the task's data set" },
  {
    key: 'pixelsPerStep',
    kind: 'number',
    group: 'Task',
    about: 'pixel-mnist: pixels read at each time step',
  },
  {
    key: 'permutation',
    kind: 'string',
    group: 'Task',
    about: `pixel-mnist: ${permutationNames.join(', ')}`,
  },
  { key: 'length', kind: 'number', group: 'Task', about: 'all tasks but pixel-mnist: time steps' },
  { key: 'batchSize', kind: 'number', group: 'Training', about: 'sequences in a step' },
  { key: 'epochs', kind: 'number', group: 'Training', about: 'passes over the training data' },
  { key: 'optimizer', kind: 'string', group: 'Training', about: optimizerNames.join(', ') },
  { key: 'learningRate', kind: 'number', group: 'Training', about: 'of the optimizer' },
  { key: 'momentum', kind: 'number', group: 'Training', about: 'of sgd' },
  {
    key: 'decayFactor',
    kind: 'number',
    group: 'Training',
    about: 'multiplies the learning rate at each decay epoch',
  },
  { key: 'decayEpochs', kind: 'numbers', group: 'Training', about: 'after which epochs, for example 30,60' },
  { key: 'clipNorm', kind: 'number', group: 'Training', about: 'bound on the joint norm of all gradients' },
  {
    key: 'testEachEpoch',
    kind: 'boolean',
    group: 'Training',
    about: 'also log the test metrics of every epoch; no choice depends on them',
  },
  {
    key: 'spectrum',
    kind: 'boolean',
    group: 'Training',
    about: 'log the largest and the mean Lyapunov exponent along test sequences',
  },
  { key: 'spectrumEvery', kind: 'number', group: 'Training', about: 'epochs from one to the next' },
  { key: 'checkpointEvery', kind: 'number', group: 'Training', about: 'steps between checkpoints' },
  { key: 'seed', kind: 'number', group: 'Training', about: 'decides weights, batches and permutations' },
  { key: 'backend', kind: 'string', group: 'Machine', about: backendChoices.join(', ') },
  { key: 'threads', kind: 'number', group: 'Machine', about: 'threads of the recurrence (default: all)' },
];

/** Flags that a resumed run takes: they do not decide its numbers, beyond rounding. */
export const resumableKeys: readonly (keyof Config)[] = ['dataDir', 'backend', 'threads'];

/** Turns the text of a flag into its value; what is not a number stays text, for the check to refuse. */
export function parseFlag(kind: Kind, text: string): unknown {
  const number = (part: string): unknown =>
    part.trim() === '' || Number.isNaN(Number(part)) ? part : Number(part);
  if (kind === 'number') return number(text);
  if (kind === 'numbers') return text.split(',').map(number);
  return text;
}
