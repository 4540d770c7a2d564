import { cayleyRNN } from '@hurwitz/cells';
import { defineCell } from './cell.js';
import { activation } from './shared-options.js';

export const cayley = defineCell({
  name: 'cayley',
  options: { activation },
  layer: ({ activation }, place) => cayleyRNN({ ...place, activation }),
  memory: { square: 0.5, blocks: 1 },
});
