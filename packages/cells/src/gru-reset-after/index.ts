export { ResetAfterGRUCell, type ResetAfterGRUCellArgs } from './cell.js';
export { ResetAfterGRU, type ResetAfterGRUArgs } from './layer.js';
