import { residualRNN } from '@hurwitz/cells';
import { defineCell } from './cell.js';
import { activation, epsilon } from './shared-options.js';

export const residual = defineCell({
  name: 'residual',
  options: { epsilon, activation },
  layer: ({ epsilon, activation }, place) => residualRNN({ ...place, epsilon, activation }),
  memory: { square: 1, blocks: 1 },
});
