import {
  type Activation,
  type DescribedActivation,
  describedActivations,
  isDescribed,
  scalarFunctions,
} from '@hurwitz/network';
import { LyapunovError } from '../errors.js';
import { describe } from '../numeric-input.js';

/** Activations by their tf.layers names. */
export type ActivationName = DescribedActivation;

export function activationOf(name: ActivationName, where: string): Activation {
  if (isDescribed(name)) return scalarFunctions[name];
  throw new LyapunovError(
    where,
    `an activation of ${describedActivations.join(', ')}`,
    describe(name),
    'Use one of these.',
  );
}
