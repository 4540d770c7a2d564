import { serialization } from '@tensorflow/tfjs-core';
import { DynamicalLayer } from '../dynamical/dynamical-layer.js';
import { forCell, type RecurrentLayerArgs, withKnownOptions } from '../recurrent-layer.js';
import { VanillaRNNCell, type VanillaRNNCellArgs } from './cell.js';

export type VanillaRNNArgs = VanillaRNNCellArgs & RecurrentLayerArgs;

/** The layer of {@link VanillaRNNCell}. */
export class VanillaRNN extends DynamicalLayer<VanillaRNNCell> {
  static override readonly className = 'VanillaRNN';

  constructor(args: VanillaRNNArgs) {
    super(new VanillaRNNCell(forCell(args)), args);
  }
}

serialization.registerClass(VanillaRNN);

/** A layer of {@link VanillaRNNCell}s; takes its options and those of every tf.layers RNN. */
export function vanillaRNN(args: VanillaRNNArgs): VanillaRNN {
  return withKnownOptions('vanillaRNN', new VanillaRNN(args), args);
}
