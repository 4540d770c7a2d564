export { described } from './described.js';
export { listed, nearest, type OptionNames, optionsInput, type Refusal } from './options-input.js';
