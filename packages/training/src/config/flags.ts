import { backendChoices } from '../backend/backend-choices.js';
import { optimizerNames } from '../loop/optimizer.js';
import type { Config } from './schema.js';
import { activationNames, cellNames, permutationNames, readoutInitNames, schemeNames } from './schema.js';

/** What a flag takes, as the help shows it; a switch takes nothing. */
export type FlagKind = 'number' | 'list' | 'name' | 'folder' | 'switch';
type Group = 'Model' | 'Task' | 'Training' | 'Machine';

/** A flag of `hurwitz train` that sets one value of the configuration. */
export interface Flag {
  key: keyof Config;
  kind: FlagKind;
  group: Group;
  about: string;
}

const table: Record<Group, [key: Flag['key'], kind: FlagKind, about: string][]> = {
  Model: [
    ['cell', 'name', cellNames.join(', ')],
    ['units', 'number', 'number of hidden units'],
    ['epsilon', 'number', 'step of the integrator between two inputs'],
    ['betaA', 'number', 'A: 0 symmetric, 1 skew-symmetric'],
    ['gammaA', 'number', 'A: how far its spectrum is shifted to the left'],
    ['betaW', 'number', 'W: 0 symmetric, 1 skew-symmetric'],
    ['gammaW', 'number', "W's shift; the antisymmetric cell's diffusion"],
    ['scheme', 'name', schemeNames.join(', ')],
    ['gated', 'switch', 'with an input gate'],
    ['activation', 'name', `of the cells that let you choose: ${activationNames.join(', ')}`],
    ['initStd', 'number', 'lipschitz: recurrent weights start as N(0, σ²), σ = this / units'],
    ['initRange', 'number', 'every weight of the recurrent layer starts uniform in ± this'],
    [
      'readoutInit',
      'name',
      `how the readout starts: ${readoutInitNames.join(', ')} (linear: PyTorch's, uniform in ±1/√units)`,
    ],
    ['dropout', 'number', 'part of the states that the readout does not see in training'],
    ['certify', 'switch', 'keep γ_A above the bound of Theorem 1 (a) at every step'],
    ['stable', 'number', 'vanilla, lstm: project after every step to models that contract by this factor'],
    ['truncate', 'number', 'wikitext-2, ptb: at each word, the state after so many words from zero'],
  ],
  Task: [
    ['dataDir', 'folder', "folder of the task's data set"],
    ['pixelsPerStep', 'number', 'pixel-mnist: pixels read at each time step'],
    ['permutation', 'name', `pixel-mnist: ${permutationNames.join(', ')}`],
    ['length', 'number', 'all tasks but pixel-mnist: time steps'],
  ],
  Training: [
    ['batchSize', 'number', 'sequences in a step'],
    ['epochs', 'number', 'passes over the training data'],
    ['optimizer', 'name', optimizerNames.join(', ')],
    ['learningRate', 'number', 'of the optimizer, before any decay'],
    ['momentum', 'number', 'of sgd'],
    ['decayFactor', 'number', 'multiplies the learning rate at each decay epoch'],
    ['decayEpochs', 'list', 'after which epochs, for example 30,60'],
    ['clipNorm', 'number', 'bound on the joint norm of all gradients'],
    ['testEachEpoch', 'switch', 'also log the test metrics of every epoch; no choice depends on them'],
    ['spectrum', 'switch', 'log the largest and the mean Lyapunov exponent along test sequences'],
    ['spectrumEvery', 'number', 'epochs from one to the next'],
    ['checkpointEvery', 'number', 'steps between checkpoints'],
    ['seed', 'number', 'decides weights, batches and permutations'],
  ],
  Machine: [
    ['backend', 'name', backendChoices.join(', ')],
    ['threads', 'number', 'threads of the recurrence (default: all)'],
  ],
};

/** Every flag, in the order of the help. */
export const flags: readonly Flag[] = (Object.keys(table) as Group[]).flatMap((group) =>
  table[group].map(([key, kind, about]) => ({ key, kind, group, about })),
);

/** Flags that a resumed run takes: they do not decide its numbers, beyond rounding. */
export const resumableKeys: readonly (keyof Config)[] = ['dataDir', 'backend', 'threads'];
