import { RecurrentLayer, type RecurrentLayerArgs } from '../recurrent-layer.js';
import type { DynamicalCell } from './dynamical-cell.js';

/** The layer of a {@link DynamicalCell}. */
export abstract class DynamicalLayer<C extends DynamicalCell = DynamicalCell> extends RecurrentLayer {
  declare readonly cell: C;

  protected constructor(cell: C, args: RecurrentLayerArgs) {
    super(cell.where, cell, args);
  }

  /** A (where the family has one) and W [units, units], as they multiply a column vector. The caller owns them. */
  systemMatrices(): ReturnType<C['systemMatrices']> {
    return this.cell.systemMatrices() as ReturnType<C['systemMatrices']>;
  }
}
