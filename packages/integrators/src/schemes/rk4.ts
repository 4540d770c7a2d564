import { defineTableau } from '../tableau.js';

/** The classical Runge–Kutta method: order 4, 4 stages. */
export const rk4 = defineTableau({
  name: 'rk4',
  order: 4,
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
  c: [0, 1 / 2, 1 / 2, 1],
  source: 'Kutta, Zeitschrift für Mathematik und Physik 46 (1901) 435-453',
});
