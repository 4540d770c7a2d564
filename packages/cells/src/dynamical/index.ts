export { DynamicalCell, type DynamicalCellArgs, type SystemMatrices } from './dynamical-cell.js';
export { DynamicalLayer } from './dynamical-layer.js';
