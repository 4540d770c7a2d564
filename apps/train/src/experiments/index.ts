import type { Experiment } from './experiment.js';

/** Every experiment that `hurwitz reproduce` knows, in the order of the papers. */
export const experiments: readonly Experiment[] = [];
