import { serialization } from '@tensorflow/tfjs-core';
import { DynamicalLayer } from '../dynamical/dynamical-layer.js';
import { forCell, type RecurrentLayerArgs, withKnownOptions } from '../recurrent-layer.js';
import { ResidualRNNCell, type ResidualRNNCellArgs } from './cell.js';

export type ResidualRNNArgs = ResidualRNNCellArgs & RecurrentLayerArgs;

/** The layer of {@link ResidualRNNCell}. */
export class ResidualRNN extends DynamicalLayer<ResidualRNNCell> {
  static override readonly className = 'ResidualRNN';

  constructor(args: ResidualRNNArgs) {
    super(new ResidualRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(ResidualRNN);

/** A layer of {@link ResidualRNNCell}s; takes its options and those of every tf.layers RNN. */
export function residualRNN(args: ResidualRNNArgs): ResidualRNN {
  return withKnownOptions('residualRNN', new ResidualRNN(args), args);
}
