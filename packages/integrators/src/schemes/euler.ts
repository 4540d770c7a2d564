import { defineTableau } from '../tableau.js';

/** Forward Euler: order 1, 1 stage. */
export const euler = defineTableau({
  name: 'euler',
  order: 1,
  a: [[]],
  b: [1],
  c: [0],
  source: 'Euler, Institutionum calculi integralis I (1768), section 650',
});
