import type { Tensor } from '@tensorflow/tfjs-core';
import type { GatedSpec } from '../gated/options.js';

/** tf.layers' LSTM: gate order i, f, c, o. The kernels have 4 units columns. */
export interface LSTMSpec extends GatedSpec {
  family: 'lstm';
  /** [h, c], each [batch, units]; zeros when absent. */
  initialState?: [Tensor, Tensor];
}
