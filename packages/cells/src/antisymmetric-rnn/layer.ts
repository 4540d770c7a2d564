import { serialization } from '@tensorflow/tfjs-core';
import { DynamicalLayer } from '../dynamical/dynamical-layer.js';
import { forCell, type RecurrentLayerArgs, withKnownOptions } from '../recurrent-layer.js';
import { AntisymmetricRNNCell, type AntisymmetricRNNCellArgs } from './cell.js';

export type AntisymmetricRNNArgs = AntisymmetricRNNCellArgs & RecurrentLayerArgs;

/** The layer of {@link AntisymmetricRNNCell}. */
export class AntisymmetricRNN extends DynamicalLayer<AntisymmetricRNNCell> {
  static override readonly className = 'AntisymmetricRNN';

  constructor(args: AntisymmetricRNNArgs) {
    super(new AntisymmetricRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(AntisymmetricRNN);

/** A layer of {@link AntisymmetricRNNCell}s; takes its options and those of every tf.layers RNN. */
export function antisymmetricRNN(args: AntisymmetricRNNArgs): AntisymmetricRNN {
  return withKnownOptions('antisymmetricRNN', new AntisymmetricRNN(args), args);
}
