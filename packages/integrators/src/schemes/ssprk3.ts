import { defineTableau } from '../tableau.js';

/** Strong-stability-preserving method of Shu and Osher: order 3, 3 stages, convex combinations of Euler steps. */
export const ssprk3 = defineTableau({
  name: 'ssprk3',
  order: 3,
  a: [[], [1], [1 / 4, 1 / 4]],
  b: [1 / 6, 1 / 6, 2 / 3],
  c: [0, 1, 1 / 2],
  source: 'Shu and Osher, Journal of Computational Physics 77 (1988) 439-471',
});
