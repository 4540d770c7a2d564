import { antisymmetricJacobian } from './antisymmetric-jacobian.js';
import { antisymmetricPlanar } from './antisymmetric-planar.js';
import { certificates } from './certificates.js';
import { equivalenceFig2, equivalenceFig3 } from './equivalence-identification.js';
import type { Experiment } from './experiment.js';
import { flossingExperiment } from './flossing.js';
import { lipschitzMnist } from './lipschitz-mnist.js';
import { lyapunovFig1 } from './lyapunov-fig1.js';
import { lyapunovFig2 } from './lyapunov-fig2.js';
import { lyapunovFig3 } from './lyapunov-fig3.js';
import { lyapunovFig4 } from './lyapunov-fig4.js';
import { lyapunovFig4Mocap } from './lyapunov-fig4-mocap.js';
import { lyapunovFig5 } from './lyapunov-fig5.js';
import { lyapunovPrecision } from './lyapunov-precision.js';
import { lyapunovTable1 } from './lyapunov-table1.js';
import { treebankPerplexity } from './treebank-perplexity.js';
import { truncationFig1 } from './truncation-fig1.js';
import { truncationFig2 } from './truncation-fig2.js';
import { truncationPerplexity } from './truncation-perplexity.js';

/** Every experiment that `hurwitz reproduce` knows, in the order of the papers. */
export const experiments: readonly Experiment[] = [
  lipschitzMnist,
  certificates,
  antisymmetricPlanar,
  antisymmetricJacobian,
  equivalenceFig2,
  equivalenceFig3,
  lyapunovFig1,
  lyapunovFig2,
  lyapunovFig3,
  lyapunovFig4,
  lyapunovFig4Mocap,
  lyapunovFig5,
  lyapunovTable1,
  flossingExperiment,
  lyapunovPrecision,
  truncationFig1,
  truncationFig2,
  truncationPerplexity,
  treebankPerplexity,
];
