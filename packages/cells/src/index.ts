export {
  AntisymmetricRNN,
  type AntisymmetricRNNArgs,
  AntisymmetricRNNCell,
  type AntisymmetricRNNCellArgs,
  antisymmetricRNN,
} from './antisymmetricRNN.js';
export {
  CayleyRNN,
  type CayleyRNNArgs,
  CayleyRNNCell,
  type CayleyRNNCellArgs,
  cayleyRNN,
} from './cayleyRNN.js';
export { DynamicalCell, type DynamicalCellArgs, type SystemMatrices } from './dynamicalCell.js';
export { CellError, NotBuiltError } from './errors.js';
export {
  ExponentialRNN,
  type ExponentialRNNArgs,
  ExponentialRNNCell,
  type ExponentialRNNCellArgs,
  exponentialRNN,
} from './exponentialRNN.js';
export { GRU, type GRUArgs, gru, LSTM, type LSTMArgs, lstm } from './gatedLayers.js';
export {
  LipschitzRNN,
  type LipschitzRNNArgs,
  LipschitzRNNCell,
  type LipschitzRNNCellArgs,
  lipschitzRNN,
} from './lipschitzRNN.js';
export { DynamicalLayer, RecurrentLayer, type RecurrentLayerArgs } from './recurrentLayer.js';
export {
  ResidualRNN,
  type ResidualRNNArgs,
  ResidualRNNCell,
  type ResidualRNNCellArgs,
  residualRNN,
} from './residualRNN.js';
export type { TangentSystem } from './tangent/system.js';
export { type TangentSystemOptions, tangentSystem } from './tangentSystem.js';
export {
  VanillaRNN,
  type VanillaRNNArgs,
  VanillaRNNCell,
  type VanillaRNNCellArgs,
  vanillaRNN,
} from './vanillaRNN.js';
