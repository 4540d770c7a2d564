import { equivalenceFig2 } from './equivalence-fig2.js';
import { equivalenceFig3 } from './equivalence-fig3.js';
import type { Experiment } from './experiment.js';
import { lyapunovFig1 } from './lyapunov-fig1.js';

/** Every experiment that `hurwitz reproduce` knows, in the order of the papers. */
export const experiments: readonly Experiment[] = [equivalenceFig2, equivalenceFig3, lyapunovFig1];
