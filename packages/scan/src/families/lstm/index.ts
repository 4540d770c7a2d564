import { defineFamily } from '../../define-family.js';
import { describeGated } from '../gated/description.js';
import { gatedAttributes, gatedOptions, gatedTensors } from '../gated/options.js';
import { lstmPropagation } from './propagate.js';
import { prepareLSTM } from './step.js';
import { lstmTangent } from './tangent.js';

/** tf.layers' LSTM (Hochreiter and Schmidhuber 1997, with a forget gate): gate order i, f, c, o; state [h, c]. */
export const lstm = defineFamily({
  name: 'lstm',
  states: { h: 1, c: 1 },
  blocks: 4,
  recurrent: 'recurrentKernel',
  tensors: gatedTensors(4),
  options: gatedOptions,
  attributes: gatedAttributes,
  prepare: prepareLSTM,
  tangent: lstmTangent,
  propagate: lstmPropagation,
  describe: (weights) => describeGated('lstm', weights),
});
