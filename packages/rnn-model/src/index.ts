export { InputError } from './input-error.js';
export { matrixInput } from './matrix-input.js';
export { numberInput, word } from './number-input.js';
export { gaussian, generator } from './random.js';
export { nextState, preActivation, type Recurrence } from './recurrence.js';
export { type RNNWeights, weightsInput } from './weights-input.js';
