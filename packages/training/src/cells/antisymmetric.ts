import { antisymmetricRNN } from '@hurwitz/cells';
import { defineCell } from './cell.js';
import { epsilon, gammaW, gated } from './shared-options.js';

export const antisymmetric = defineCell({
  name: 'antisymmetric',
  options: { epsilon, gammaW, gated },
  layer: ({ epsilon, gammaW: gamma, gated }, place) => antisymmetricRNN({ ...place, epsilon, gamma, gated }),
  memory: { square: 0.5, blocks: 1 },
});
