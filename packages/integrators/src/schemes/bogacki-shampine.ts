import { defineTableau } from '../tableau.js';

/** Bogacki–Shampine: order 3(2), 4 stages, the last one reused by the next step. */
export const bogackiShampine = defineTableau({
  name: 'bogackiShampine',
  order: 3,
  a: [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
  b: [2 / 9, 1 / 3, 4 / 9, 0],
  c: [0, 1 / 2, 3 / 4, 1],
  embedded: { b: [7 / 24, 1 / 4, 1 / 3, 1 / 8], order: 2 },
  source: 'Bogacki and Shampine, Applied Mathematics Letters 2 (1989) 321-325',
});
