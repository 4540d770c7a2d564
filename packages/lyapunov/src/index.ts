export {
  type CovariantVectorOptions,
  type CovariantVectors,
  covariantLyapunovVectors,
} from './covariantLyapunovVectors.js';
export { AdaptiveStepError, ExplodingTrajectoryError, LyapunovError } from './errors.js';
export { type FiniteTimeOptions, finiteTimeExponents } from './finiteTimeExponents.js';
export type { SpectrumEstimate } from './growthRecord.js';
export { entropyBound, kaplanYorkeDimension } from './kaplanYorkeDimension.js';
export {
  type LyapunovSpectrum,
  lyapunovSpectrum,
  type RunOptions,
  type SpectrumOptions,
} from './lyapunovSpectrum.js';
export { type LyapunovStepper, lyapunovStepper, type StepperOptions } from './lyapunovStepper.js';
export type { InitialStateLike, InputsLike, MatrixLike, TensorLike, VectorLike } from './numericInput.js';
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
export { type GRUOptions, gruSystem } from './systems/gruSystem.js';
export { henon } from './systems/henon.js';
export { logistic } from './systems/logistic.js';
export { lorenz } from './systems/lorenz.js';
export { lorenz96 } from './systems/lorenz96.js';
export { type LSTMOptions, lstmSystem } from './systems/lstmSystem.js';
export type { NetworkSystem } from './systems/networkSystem.js';
export type { LayerWeights } from './systems/preActivation.js';
export { type RNNWeights, rnnSystem } from './systems/rnnSystem.js';
export { rossler } from './systems/rossler.js';
export {
  type ConvergenceReport,
  type UntilStandardErrorOptions,
  untilStandardError,
} from './untilStandardError.js';
