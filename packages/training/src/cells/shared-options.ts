import { z } from 'zod';
import { option, positive, real } from '../options/option.js';

/** Options that several cells read; a cell's own stand in its file. */
export const epsilon = option(positive, {
  kind: 'number',
  group: 'Model',
  about: 'step of the integrator between two inputs',
  default: 0.03,
});

export const gammaW = option(real, {
  kind: 'number',
  group: 'Model',
  about: "W's shift; the antisymmetric cell's diffusion",
  default: 0.001,
});

export const gated = option(z.boolean(), {
  kind: 'switch',
  group: 'Model',
  about: 'with an input gate',
  default: false,
});

const activationNames = ['tanh', 'relu', 'linear', 'sigmoid', 'modrelu'] as const;

export const activation = option(z.enum(activationNames).optional(), {
  kind: 'name',
  group: 'Model',
  about: `of the cells that let you choose: ${activationNames.join(', ')}`,
});
