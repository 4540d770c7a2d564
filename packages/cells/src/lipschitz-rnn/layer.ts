import { serialization } from '@tensorflow/tfjs-core';
import { DynamicalLayer } from '../dynamical/dynamical-layer.js';
import { forCell, type RecurrentLayerArgs, withKnownOptions } from '../recurrent-layer.js';
import { LipschitzRNNCell, type LipschitzRNNCellArgs } from './cell.js';

export type LipschitzRNNArgs = LipschitzRNNCellArgs & RecurrentLayerArgs;

/** The layer of {@link LipschitzRNNCell}. */
export class LipschitzRNN extends DynamicalLayer<LipschitzRNNCell> {
  static override readonly className = 'LipschitzRNN';

  constructor(args: LipschitzRNNArgs) {
    super(new LipschitzRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(LipschitzRNN);

/** A layer of {@link LipschitzRNNCell}s; takes its options and those of every tf.layers RNN. */
export function lipschitzRNN(args: LipschitzRNNArgs): LipschitzRNN {
  return withKnownOptions('lipschitzRNN', new LipschitzRNN(args), args);
}
