export { type Capabilities, capabilities, MemoryError, setThreads, ThreadError } from '@hurwitz/kernels';
export type {
  DynamicalDescription,
  GRUDescription,
  LSTMDescription,
  NetworkDescription,
} from '@hurwitz/network';
export {
  type CovariantVectorOptions,
  type CovariantVectors,
  covariantLyapunovVectors,
} from './covariant-lyapunov-vectors.js';
export {
  AdaptiveStepError,
  ExplodingTrajectoryError,
  LyapunovError,
} from './errors.js';
export { type FiniteTimeOptions, finiteTimeExponents } from './finite-time-exponents.js';
export type { SpectrumEstimate } from './growth-record.js';
export {
  type EstimatedExponents,
  type GrowthVerdict,
  type GrowthVerdictOptions,
  growthVerdict,
} from './growth-verdict.js';
export { entropyBound, kaplanYorkeDimension } from './kaplan-yorke-dimension.js';
export {
  type LyapunovSpectrum,
  lyapunovSpectrum,
  type SpectrumOptions,
} from './lyapunov-spectrum.js';
export { type LyapunovStepper, lyapunovStepper } from './lyapunov-stepper.js';
export {
  type MeanExponent,
  type MeanExponentOptions,
  meanExponent,
  type VolumeSystem,
} from './mean-exponent.js';
export type { InitialStateLike, InputsLike, MatrixLike, TensorLike, VectorLike } from './numeric-input.js';
export { partialRankCorrelation } from './partial-rank-correlation.js';
export { type RankCorrelation, rankCorrelation } from './rank-correlation.js';
export type { RunOptions } from './run.js';
export type { PropagationOptions } from './start-trajectories.js';
export type { StepperOptions } from './stepper-options.js';
export type {
  FlowOptions,
  FlowSystem,
  InPlaceSystem,
  JacobianLike,
  LyapunovSystem,
  MapSystem,
  TableauLike,
} from './system.js';
export type { ActivationName } from './systems/activation.js';
export { type GRUOptions, gruSystem, type ResetAfterGRUOptions } from './systems/gru-system.js';
export { henon } from './systems/henon.js';
export { logistic } from './systems/logistic.js';
export { lorenz } from './systems/lorenz.js';
export { lorenz96 } from './systems/lorenz96.js';
export { type LSTMOptions, lstmSystem } from './systems/lstm-system.js';
export type { NetworkSystem, SteppedSystem } from './systems/network-system.js';
export type { LayerWeights } from './systems/pre-activation.js';
export { type RNNWeights, rnnSystem } from './systems/rnn-system.js';
export { rossler } from './systems/rossler.js';
export {
  type ConvergenceReport,
  type UntilStandardErrorOptions,
  untilStandardError,
} from './until-standard-error.js';
