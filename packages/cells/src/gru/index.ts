export { GRU, type GRUArgs, gru } from './layer.js';
