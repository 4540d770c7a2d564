import { defineTableau } from '../tableau.js';

/** The explicit midpoint rule: order 2, 2 stages. */
export const midpoint = defineTableau({
  name: 'midpoint',
  order: 2,
  a: [[], [1 / 2]],
  b: [0, 1],
  c: [0, 1 / 2],
  source: 'Runge, Mathematische Annalen 46 (1895) 167-178',
});
