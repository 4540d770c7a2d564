export { ExponentialRNNCell, type ExponentialRNNCellArgs } from './cell.js';
export { ExponentialRNN, type ExponentialRNNArgs, exponentialRNN } from './layer.js';
