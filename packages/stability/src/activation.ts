import { activationInput } from '@hurwitz/network';
import { StabilityError } from './errors.js';

export { type Activation, type ActivationLike, activations } from '@hurwitz/network';

/** The nonlinearity meant. */
export const toActivation = activationInput(StabilityError);
