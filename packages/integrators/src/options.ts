import { optionsInput } from '@hurwitz/input';
import { IntegratorError } from './errors.js';

/** Refuses what is no object, and unknown options with the nearest name. */
export const { checkOptions } = optionsInput(IntegratorError);
