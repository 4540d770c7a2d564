import { serialization } from '@tensorflow/tfjs-core';
import { type GRULayerArgs, layers } from '@tensorflow/tfjs-layers';
import { type GatedArgs, GatedLayer } from '../gated/gated-layer.js';
import { withKnownOptions } from '../recurrent-layer.js';

export type GRUArgs = GatedArgs<GRULayerArgs>;

/** The layer that {@link gru} makes. */
export class GRU extends GatedLayer<GRUArgs> {
  // Not 'GRU': that name in a saved model is tf.layers' own.
  static override readonly className = 'HurwitzGRU';
  protected readonly family = 'gru';

  constructor(args: GRUArgs) {
    super('gru', args, (given) => layers.gruCell(given));
  }
}

serialization.registerClass(GRU);

/** tf.layers' GRU (resetAfter false) on `recurrence`; the same holds as for {@link lstm}. */
export function gru(args: GRUArgs): GRU {
  return withKnownOptions('gru', new GRU(args), args);
}
