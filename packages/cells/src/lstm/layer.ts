import { serialization } from '@tensorflow/tfjs-core';
import { type LSTMLayerArgs, layers } from '@tensorflow/tfjs-layers';
import { type GatedArgs, GatedLayer } from '../gated/gated-layer.js';
import { withKnownOptions } from '../recurrent-layer.js';

export type LSTMArgs = GatedArgs<LSTMLayerArgs>;

/** The layer that {@link lstm} makes. */
export class LSTM extends GatedLayer<LSTMArgs> {
  // Not 'LSTM': that name in a saved model is tf.layers' own.
  static override readonly className = 'HurwitzLSTM';
  protected readonly family = 'lstm';

  constructor(args: LSTMArgs) {
    super('lstm', args, (given) => layers.lstmCell(given));
  }
}

serialization.registerClass(LSTM);

/**
 * tf.layers' LSTM on `recurrence`: the same options, weights, initial values and numbers, and as one kernel where there is one.
 *
 * `setWeights(lstmLayer.getWeights())` moves a trained tf.layers.lstm over. Activations are limited to tanh, relu, linear and
 * sigmoid, recurrent ones to sigmoid and hardSigmoid; dropout inside the cell is refused. Throws {@link CellError}.
 */
export function lstm(args: LSTMArgs): LSTM {
  return withKnownOptions('lstm', new LSTM(args), args);
}
