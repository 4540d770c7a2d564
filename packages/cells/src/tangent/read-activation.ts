import { type ActivationName, kerasActivations } from '@hurwitz/network';
import { checkName } from '../options.js';

/** The activation of a layer or cell of tf.layers. @throws CellError when its derivative is not known here. */
export function activationOf(activation: { getClassName(): string }, layerName: string): ActivationName {
  const found = activation.getClassName();
  checkName('tangentSystem', `the activation of '${layerName}'`, found, kerasActivations);
  return found;
}
