export { type Activation, type ActivationLike, activationInput, activations } from './activation-input.js';
export {
  asMatrix,
  type DynamicalDescription,
  type FlatNetwork,
  type GRUDescription,
  gatesOf,
  type LSTMDescription,
  type NetworkDescription,
  type WeightMatrix,
} from './network-description.js';
export { nextState, preActivation, type Recurrence } from './recurrence.js';
export {
  accumulate,
  apply,
  diagonalSum,
  flat,
  identity,
  logAbsDeterminant,
  logProduct,
  once,
  product,
  type Rows,
  rowsOf,
  sum,
  toArrays,
  transposed,
} from './rows.js';
export {
  type ActivationName,
  activationLayers,
  type DescribedActivation,
  describedActivations,
  isDescribed,
  kerasActivations,
  type ScalarFunction,
  scalarFunctions,
} from './scalar-functions.js';
export { type RNNWeights, weightsInput } from './weights-input.js';
