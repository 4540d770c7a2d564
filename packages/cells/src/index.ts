export * from './cells.js';
export * from './dynamical/index.js';
export { CellError, NotBuiltError, UnsupportedLayerError } from './errors.js';
export { type LinearCrossEntropyOptions, linearCrossEntropy } from './linear-cross-entropy.js';
export { type CellWeight, RecurrentCell, type RecurrentCellArgs } from './recurrent-cell.js';
export { RecurrentLayer, type RecurrentLayerArgs } from './recurrent-layer.js';
export type { TangentSystem } from './tangent/system.js';
export { type TangentPropagator, type TangentStep, tangentPropagator } from './tangent-propagator.js';
export { type TangentSystemOptions, tangentSystem } from './tangent-system.js';
