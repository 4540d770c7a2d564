import type { Tensor } from '@tensorflow/tfjs-core';
import type { GatedSpec } from '../gated/options.js';

/** tf.layers' GRU (resetAfter false): gate order z, r, h. The kernels have 3 units columns. */
export interface GRUSpec extends GatedSpec {
  family: 'gru';
  /** Shape [batch, units]; zeros when absent. */
  initialState?: Tensor;
}
