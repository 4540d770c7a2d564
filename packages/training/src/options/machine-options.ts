import { z } from 'zod';
import { backendChoices } from '../backend/backend-choices.js';
import { count, option } from './option.js';

/** What decides nothing of a run's numbers beyond rounding, so that a resumed run takes it anew. */
export const machineOptions = {
  backend: option(z.enum(backendChoices), {
    kind: 'name',
    group: 'Machine',
    about: backendChoices.join(', '),
    default: 'auto',
  }),
  threads: option(count.optional(), {
    kind: 'number',
    group: 'Machine',
    about: 'threads of the recurrence (default: all)',
  }),
};
