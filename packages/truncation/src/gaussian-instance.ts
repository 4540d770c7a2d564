import { gaussian, generator } from '@hurwitz/random';
import { spectralNorm } from '@hurwitz/stability';
import type { Task } from './loss-gradient.js';
import { checkCounts, checkNumber, checkOptions } from './numeric-input.js';
import { smoothActivation } from './regularity.js';
import type { RNNModel } from './rnn-model.js';

/**
 * A random stable network and a task for it: W Gaussian scaled to ‖W‖₂ = λ, kernel and readout Gaussian with variance one over
 * their fan-in, no bias, so that φ(0, 0) = 0 as the theory has it; inputs and targets standard normal.
 *
 * For a sigmoid network λ is of W too; its contraction factor is λ/4.
 */
export function gaussianInstance(
  options: {
    units?: number;
    inputDim?: number;
    outputs?: number;
    lambda?: number;
    activation?: 'linear' | 'tanh' | 'sigmoid';
    sequences?: number;
    steps?: number;
    seed?: number;
  } = {},
): { model: RNNModel; task: Task } {
  const where = 'gaussianInstance';
  checkOptions(where, options, {
    units: true,
    inputDim: true,
    outputs: true,
    lambda: true,
    activation: true,
    sequences: true,
    steps: true,
    seed: true,
  });
  const {
    units = 10,
    inputDim = 5,
    outputs = 1,
    lambda = 0.75,
    activation = 'tanh',
    sequences = 10,
    steps = 50,
    seed = 1,
  } = options;
  smoothActivation(where, activation);
  checkCounts(where, { units, inputDim, outputs, sequences, steps });
  checkNumber(where, 'lambda', lambda, { least: 0 });
  checkNumber(where, 'seed', seed, { integer: true });
  const { normal } = generator(seed);
  const raw = gaussian(units, units, { normal });
  const scale = lambda / spectralNorm(raw);
  return {
    model: {
      W: raw.map((row) => row.map((entry) => scale * entry)),
      kernel: gaussian(inputDim, units, { normal, scale: 1 / Math.sqrt(inputDim) }),
      bias: new Array<number>(units).fill(0),
      activation,
    },
    task: {
      inputs: Array.from({ length: sequences }, () => gaussian(steps, inputDim, { normal })),
      targets: gaussian(sequences, outputs, { normal }),
      readout: gaussian(units, outputs, { normal, scale: 1 / Math.sqrt(units) }),
    },
  };
}
