import { exponentialRNN } from '@hurwitz/cells';
import { defineCell } from './cell.js';
import { activation } from './shared-options.js';

export const exponential = defineCell({
  name: 'exponential',
  options: { activation },
  layer: ({ activation }, place) => exponentialRNN({ ...place, activation }),
  memory: { square: 0.5, blocks: 1 },
});
