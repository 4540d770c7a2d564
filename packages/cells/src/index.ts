export {
  AntisymmetricRNN,
  type AntisymmetricRNNArgs,
  AntisymmetricRNNCell,
  type AntisymmetricRNNCellArgs,
  antisymmetricRNN,
} from './antisymmetric-rnn.js';
export {
  CayleyRNN,
  type CayleyRNNArgs,
  CayleyRNNCell,
  type CayleyRNNCellArgs,
  cayleyRNN,
} from './cayley-rnn.js';
export { DynamicalCell, type DynamicalCellArgs, type SystemMatrices } from './dynamical-cell.js';
export { CellError, NotBuiltError, UnsupportedLayerError } from './errors.js';
export {
  ExponentialRNN,
  type ExponentialRNNArgs,
  ExponentialRNNCell,
  type ExponentialRNNCellArgs,
  exponentialRNN,
} from './exponential-rnn.js';
export { GRU, type GRUArgs, gru, LSTM, type LSTMArgs, lstm } from './gated-layers.js';
export { type LinearCrossEntropyOptions, linearCrossEntropy } from './linear-cross-entropy.js';
export {
  LipschitzRNN,
  type LipschitzRNNArgs,
  LipschitzRNNCell,
  type LipschitzRNNCellArgs,
  lipschitzRNN,
} from './lipschitz-rnn.js';
export type { TangentPropagator, TangentStep } from './propagate/system.js';
export { DynamicalLayer, RecurrentLayer, type RecurrentLayerArgs } from './recurrent-layer.js';
export {
  ResidualRNN,
  type ResidualRNNArgs,
  ResidualRNNCell,
  type ResidualRNNCellArgs,
  residualRNN,
} from './residual-rnn.js';
export type { TangentSystem } from './tangent/system.js';
export { tangentPropagator } from './tangent-propagator.js';
export { type TangentSystemOptions, tangentSystem } from './tangent-system.js';
export {
  VanillaRNN,
  type VanillaRNNArgs,
  VanillaRNNCell,
  type VanillaRNNCellArgs,
  vanillaRNN,
} from './vanilla-rnn.js';
