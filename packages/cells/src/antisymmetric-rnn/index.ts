export { AntisymmetricRNNCell, type AntisymmetricRNNCellArgs } from './cell.js';
export { AntisymmetricRNN, type AntisymmetricRNNArgs, antisymmetricRNN } from './layer.js';
