import { gru as gruLayer } from '@hurwitz/cells';
import { defineCell } from './cell.js';

export const gru = defineCell({
  name: 'gru',
  options: {},
  layer: (_, place) => gruLayer({ ...place, recurrentActivation: 'sigmoid' }),
  memory: { square: 3, blocks: 3 },
});
