import { defineTableau } from '../tableau.js';

/** Kutta's third-order method: order 3, 3 stages. */
export const kutta3 = defineTableau({
  name: 'kutta3',
  order: 3,
  a: [[], [1 / 2], [-1, 2]],
  b: [1 / 6, 2 / 3, 1 / 6],
  c: [0, 1 / 2, 1],
  source: 'Kutta, Zeitschrift für Mathematik und Physik 46 (1901) 435-453',
});
