import { serialization } from '@tensorflow/tfjs-core';
import { DynamicalLayer } from '../dynamical/dynamical-layer.js';
import { forCell, type RecurrentLayerArgs, withKnownOptions } from '../recurrent-layer.js';
import { ExponentialRNNCell, type ExponentialRNNCellArgs } from './cell.js';

export type ExponentialRNNArgs = ExponentialRNNCellArgs & RecurrentLayerArgs;

/** The layer of {@link ExponentialRNNCell}. */
export class ExponentialRNN extends DynamicalLayer<ExponentialRNNCell> {
  static override readonly className = 'ExponentialRNN';

  constructor(args: ExponentialRNNArgs) {
    super(new ExponentialRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(ExponentialRNN);

/** A layer of {@link ExponentialRNNCell}s; takes its options and those of every tf.layers RNN. */
export function exponentialRNN(args: ExponentialRNNArgs): ExponentialRNN {
  return withKnownOptions('exponentialRNN', new ExponentialRNN(args), args);
}
