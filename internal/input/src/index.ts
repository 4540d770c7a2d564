export { described } from './described.js';
export { InputError } from './input-error.js';
export { isInputError } from './is-input-error.js';
export { type FlatMatrix, type MatrixShape, matrixInput } from './matrix-input.js';
export { numberInput, word } from './number-input.js';
export { listed, nearest, type OptionNames, optionsInput, type Refusal } from './options-input.js';
export type { Complex, MatrixLike, TensorLike, VectorLike } from './types.js';
