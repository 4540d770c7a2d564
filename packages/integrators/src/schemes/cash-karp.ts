import { defineTableau } from '../tableau.js';

/** Cash–Karp: order 5(4), 6 stages. */
export const cashKarp = defineTableau({
  name: 'cashKarp',
  order: 5,
  a: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [3 / 10, -9 / 10, 6 / 5],
    [-11 / 54, 5 / 2, -70 / 27, 35 / 27],
    [1631 / 55296, 175 / 512, 575 / 13824, 44275 / 110592, 253 / 4096],
  ],
  b: [37 / 378, 0, 250 / 621, 125 / 594, 0, 512 / 1771],
  c: [0, 1 / 5, 3 / 10, 3 / 5, 1, 7 / 8],
  embedded: { b: [2825 / 27648, 0, 18575 / 48384, 13525 / 55296, 277 / 14336, 1 / 4], order: 4 },
  source: 'Cash and Karp, ACM Transactions on Mathematical Software 16 (1990) 201-222',
});
