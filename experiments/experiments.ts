import { antisymmetricJacobian } from './antisymmetric-rnn/antisymmetric-jacobian.js';
import { antisymmetricPlanar } from './antisymmetric-rnn/antisymmetric-planar.js';
import { flossingExperiment } from './gradient-flossing/flossing.js';
import { certificates } from './lipschitz-rnn/certificates.js';
import { lipschitzMnist } from './lipschitz-rnn/lipschitz-mnist.js';
import { lipschitzPendulum } from './lipschitz-rnn/lipschitz-pendulum.js';
import { lyapunovFig1 } from './lyapunov-spectra/lyapunov-fig1.js';
import { lyapunovFig2 } from './lyapunov-spectra/lyapunov-fig2.js';
import { lyapunovFig3 } from './lyapunov-spectra/lyapunov-fig3.js';
import { lyapunovFig4 } from './lyapunov-spectra/lyapunov-fig4.js';
import { lyapunovFig4Mocap } from './lyapunov-spectra/lyapunov-fig4-mocap.js';
import { lyapunovFig5 } from './lyapunov-spectra/lyapunov-fig5.js';
import { lyapunovPrecision } from './lyapunov-spectra/lyapunov-precision.js';
import { lyapunovTable1 } from './lyapunov-spectra/lyapunov-table1.js';
import type { Experiment } from './runner/experiment.js';
import { treebankPerplexity } from './stable-models/treebank-perplexity.js';
import { truncationFig1 } from './stable-models/truncation-fig1.js';
import { truncationFig2 } from './stable-models/truncation-fig2.js';
import { truncationPerplexity } from './stable-models/truncation-perplexity.js';
import { equivalenceFig2, equivalenceFig3 } from './unitary-equivalence/equivalence-fig2-fig3.js';

/** Every experiment that `hurwitz reproduce` knows, in the order of the papers. */
export const experiments: readonly Experiment[] = [
  lipschitzMnist,
  lipschitzPendulum,
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
