export { LipschitzRNNCell, type LipschitzRNNCellArgs } from './cell.js';
export { LipschitzRNN, type LipschitzRNNArgs, lipschitzRNN } from './layer.js';
