import { serialization } from '@tensorflow/tfjs-core';
import { DynamicalLayer } from '../dynamical/dynamical-layer.js';
import { forCell, type RecurrentLayerArgs, withKnownOptions } from '../recurrent-layer.js';
import { CayleyRNNCell, type CayleyRNNCellArgs } from './cell.js';

export type CayleyRNNArgs = CayleyRNNCellArgs & RecurrentLayerArgs;

/** The layer of {@link CayleyRNNCell}. */
export class CayleyRNN extends DynamicalLayer<CayleyRNNCell> {
  static override readonly className = 'CayleyRNN';

  constructor(args: CayleyRNNArgs) {
    super(new CayleyRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(CayleyRNN);

/** A layer of {@link CayleyRNNCell}s; takes its options and those of every tf.layers RNN. */
export function cayleyRNN(args: CayleyRNNArgs): CayleyRNN {
  return withKnownOptions('cayleyRNN', new CayleyRNN(args), args);
}
