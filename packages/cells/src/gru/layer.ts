import { serialization } from '@tensorflow/tfjs-core';
import { type GRULayerArgs, layers } from '@tensorflow/tfjs-layers';
import { type GatedArgs, GatedLayer } from '../gated/gated-layer.js';
import { ResetAfterGRU, type ResetAfterGRUArgs } from '../gru-reset-after/layer.js';
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

/**
 * tf.layers' GRU (resetAfter false) on `recurrence`; the same holds as for {@link lstm}. With `resetAfter` it is the GRU of
 * Keras' default and of PyTorch, which tf.layers does not have: see {@link ResetAfterGRUCell}.
 */
export function gru(args: ResetAfterGRUArgs & { resetAfter: true }): ResetAfterGRU;
export function gru(args: GRUArgs & { resetAfter?: false }): GRU;
export function gru(args: GRUArgs & { resetAfter?: boolean }): GRU | ResetAfterGRU;
export function gru(args: GRUArgs & { resetAfter?: boolean }): GRU | ResetAfterGRU {
  const layer = args?.resetAfter ? new ResetAfterGRU(args as ResetAfterGRUArgs) : new GRU(args);
  return withKnownOptions('gru', layer, args);
}
