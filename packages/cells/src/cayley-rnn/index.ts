export { CayleyRNNCell, type CayleyRNNCellArgs } from './cell.js';
export { CayleyRNN, type CayleyRNNArgs, cayleyRNN } from './layer.js';
