export { type Activation, type ActivationLike, activations } from './activation.js';
export type { Certificate, NoCertificate } from './certificate.js';
export {
  type ContractionInput,
  certifyContraction,
  certifyEulerContraction,
  type EulerCertificate,
  type Verification,
  verifyContraction,
} from './certify-contraction.js';
export { type Equilibrium, findEquilibrium, type NewtonOptions } from './equilibrium.js';
export { ConvergenceError, SingularSystemError, StabilityError } from './errors.js';
export type { EquilibriumKind } from './linear-stability.js';
export { solveDiscreteLyapunov, solveLyapunov } from './lyapunov-equation.js';
export type { Complex, MatrixLike, TensorLike, VectorLike } from './matrix.js';
export {
  conditionNumber,
  frobeniusNorm,
  infinityNorm,
  numericalRank,
  singularValues,
  spectralNorm,
} from './norms.js';
export {
  eigenvalues,
  spectralAbscissa,
  spectralRadius,
  symmetricEigenvalues,
  symmetricPart,
} from './spectrum.js';
export { flowField } from './flow-field.js';
export type { FlowInput } from './system.js';
export {
  type ConditionA,
  type ConditionB,
  checkTheorem1,
  type Premise,
  type Theorem1Input,
  type Theorem1Report,
} from './theorem1.js';
export type { Inequality, Verdict } from './verdict.js';
