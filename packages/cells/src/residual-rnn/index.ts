export { ResidualRNNCell, type ResidualRNNCellArgs } from './cell.js';
export { ResidualRNN, type ResidualRNNArgs, residualRNN } from './layer.js';
