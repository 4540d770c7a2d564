export { nextState, preActivation, type Recurrence } from './recurrence.js';
export { type RNNWeights, weightsInput } from './weights-input.js';
