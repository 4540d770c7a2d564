import { defineTableau } from '../tableau.js';

/** Kutta's 3/8 rule: order 4, 4 stages, smaller error constants than `rk4`. */
export const threeEighths = defineTableau({
  name: 'threeEighths',
  order: 4,
  a: [[], [1 / 3], [-1 / 3, 1], [1, -1, 1]],
  b: [1 / 8, 3 / 8, 3 / 8, 1 / 8],
  c: [0, 1 / 3, 2 / 3, 1],
  source: 'Kutta, Zeitschrift für Mathematik und Physik 46 (1901) 435-453',
});
