export { VanillaRNNCell, type VanillaRNNCellArgs } from './cell.js';
export { VanillaRNN, type VanillaRNNArgs, vanillaRNN } from './layer.js';
