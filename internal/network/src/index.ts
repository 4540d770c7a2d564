export { nextState, preActivation, type Recurrence } from './recurrence.js';
export {
  accumulate,
  apply,
  diagonalSum,
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
  kerasActivations,
  type ScalarFunction,
  scalarFunctions,
} from './scalar-functions.js';
export { type RNNWeights, weightsInput } from './weights-input.js';
