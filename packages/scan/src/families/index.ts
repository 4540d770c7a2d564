import { dynamical } from './dynamical/index.js';
import { gru } from './gru/index.js';
import { lstm } from './lstm/index.js';

/** The families of this package, by the names that a specification has for them. */
export const families = { dynamical, lstm, gru };
