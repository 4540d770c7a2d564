import { defineTableau } from '../tableau.js';

/** Ralston's second-order method, the one of least error bound: order 2, 2 stages. */
export const ralston = defineTableau({
  name: 'ralston',
  order: 2,
  a: [[], [2 / 3]],
  b: [1 / 4, 3 / 4],
  c: [0, 2 / 3],
  source: 'Ralston, Mathematics of Computation 16 (1962) 431-437',
});
