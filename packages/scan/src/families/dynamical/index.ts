import { defineFamily } from '../../define-family.js';
import { describeDynamical } from './description.js';
import { dynamicalAttributes, dynamicalOptions, dynamicalTensors } from './options.js';
import { dynamicalPropagation } from './propagate.js';
import { prepareDynamical } from './step.js';
import { dynamicalTangent } from './tangent.js';

/** One Runge–Kutta step per input of k(h) = g ∘ (A h + act(W h + z)). */
export const dynamical = defineFamily({
  name: 'dynamical',
  states: { h: 1 },
  blocks: 1,
  recurrent: 'W',
  tensors: dynamicalTensors,
  options: dynamicalOptions,
  attributes: dynamicalAttributes,
  prepare: prepareDynamical,
  tangent: dynamicalTangent,
  propagate: dynamicalPropagation,
  describe: describeDynamical,
});
