import { serialization } from '@tensorflow/tfjs-core';
import { forCell, RecurrentLayer, type RecurrentLayerArgs } from '../recurrent-layer.js';
import { ResetAfterGRUCell, type ResetAfterGRUCellArgs } from './cell.js';

export type ResetAfterGRUArgs = ResetAfterGRUCellArgs & RecurrentLayerArgs;

/** The layer of {@link ResetAfterGRUCell}: what `gru({ resetAfter: true })` makes. */
export class ResetAfterGRU extends RecurrentLayer {
  static override readonly className = 'HurwitzResetAfterGRU';
  declare readonly cell: ResetAfterGRUCell;

  constructor(args: ResetAfterGRUArgs) {
    super('gru', new ResetAfterGRUCell(forCell(args)), args);
  }
}

serialization.registerClass(ResetAfterGRU);
