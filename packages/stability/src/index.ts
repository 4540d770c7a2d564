export type { DynamicalDescription, NetworkDescription } from '@hurwitz/network';
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
export {
  type ContractionFactor,
  linearContractionFactor,
  vanillaContractionFactor,
} from './contraction-factors.js';
export { checkDiscretisation, type DiscretisationReport, largestStableStep } from './discretisation.js';
export { type EndToEndJacobian, endToEndJacobian } from './end-to-end-jacobian.js';
export { type Equilibrium, findEquilibrium, type NewtonOptions } from './equilibrium.js';
export { ConvergenceError, SingularSystemError, StabilityError } from './errors.js';
export { type EquilibriaReport, findEquilibria, type MultistartOptions } from './find-equilibria.js';
export { flowField, flowJacobians } from './flow-field.js';
export { flowOf, type NetworkFlow } from './flow-of.js';
export type { EquilibriumKind } from './linear-stability.js';
export { type LSTMContractionFactor, lstmContractionFactor } from './lstm-contraction.js';
export type { GateActivation, LSTMWeights } from './lstm-gates.js';
export type { LureInput } from './lure.js';
export {
  type LyapunovSolution,
  type LyapunovTime,
  solveDiscreteLyapunov,
  solveLyapunov,
  solveLyapunovWithCondition,
} from './lyapunov-equation.js';
export type { Complex, MatrixLike, TensorLike, VectorLike } from './matrix.js';
export {
  conditionNumber,
  frobeniusNorm,
  infinityNorm,
  numericalRank,
  type SingularValueDecomposition,
  singularValueDecomposition,
  singularValues,
  spectralNorm,
} from './norms.js';
export { type PlanarSystem, planarStarts, planarSystems, simulatePlanarSystem } from './planar-systems.js';
export { type ConditionAProjection, projectToConditionA } from './project-to-condition-a.js';
export { clipSingularValues, type ProjectedLSTM, projectLSTM, projectRowsToL1Ball } from './projections.js';
export { type QuadraticLyapunovFunction, quadraticLyapunovFunction } from './quadratic-lyapunov-function.js';
export { residualContractionFactor } from './residual-contraction-factor.js';
export type { Scheme, TableauLike } from './scheme.js';
export { type ConditionAShift, shiftForConditionA } from './shift-for-condition-a.js';
export { type StepOptions, simulate } from './simulate.js';
export { type ConvergenceReport, simulateConvergence } from './simulate-convergence.js';
export {
  eigenvalues,
  spectralAbscissa,
  spectralRadius,
  symmetricEigenvalues,
  symmetricPart,
} from './spectrum.js';
export type { FlowInput } from './system.js';
export {
  type ConditionA,
  type ConditionB,
  checkTheorem1,
  type Premise,
  type Theorem1Input,
  type Theorem1Report,
} from './theorem1.js';
export { type Theorem1Requirements, theorem1Requirements } from './theorem1-requirements.js';
export { lstmMap, type TransitionMap, vanillaMap } from './transition-maps.js';
export type { Inequality, Verdict } from './verdict.js';
export { searchViolation, type ViolationSearch } from './violation-search.js';
