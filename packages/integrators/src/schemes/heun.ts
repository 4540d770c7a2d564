import { defineTableau } from '../tableau.js';

/** Heun's second-order method (explicit trapezoidal rule), with Euler embedded: order 2(1), 2 stages. */
export const heun = defineTableau({
  name: 'heun',
  order: 2,
  a: [[], [1]],
  b: [1 / 2, 1 / 2],
  c: [0, 1],
  embedded: { b: [1, 0], order: 1 },
  source: 'Heun, Zeitschrift für Mathematik und Physik 45 (1900) 23-38',
});
