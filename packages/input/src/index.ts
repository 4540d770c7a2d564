export { described } from './described.js';
export { type OptionNames, optionsInput, type Refusal } from './options-input.js';
