import { defineFamily } from '../../define-family.js';
import { describeGated } from '../gated/description.js';
import { gatedAttributes, gatedOptions, gatedTensors } from '../gated/options.js';
import { gruPropagation } from './propagate.js';
import { prepareGRU } from './step.js';
import { gruTangent } from './tangent.js';

/** tf.layers' GRU (Cho et al. 2014; resetAfter false): gate order z, r, h. */
export const gru = defineFamily({
  name: 'gru',
  states: { h: 1 },
  blocks: 3,
  recurrent: 'recurrentKernel',
  tensors: gatedTensors(3),
  options: gatedOptions,
  attributes: gatedAttributes,
  prepare: prepareGRU,
  tangent: gruTangent,
  propagate: gruPropagation,
  describe: (weights) => describeGated('gru', weights),
});
