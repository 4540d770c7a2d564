import { type InputError, word } from '@hurwitz/input';
import { type ScalarFunction, scalarFunctions } from './scalar-functions.js';

/** A scalar nonlinearity σ and its slope σ'. */
export interface Activation {
  value(x: number): number;
  derivative(x: number): number;
}

const { tanh, sigmoid, relu, linear } = scalarFunctions;

/** The activations known by name: their slopes lie between 0 and 1. */
export const activations = { tanh, sigmoid, relu, linear } as const satisfies Record<string, Activation>;

/** A name in `activations`, or a nonlinearity of one's own. */
export type ActivationLike = keyof typeof activations | Activation;

/** The reader of a nonlinearity, for a package that throws `Refusal`. */
export function activationInput(Refusal: typeof InputError) {
  /** The nonlinearity meant. */
  return function toActivation(where: string, activation: ActivationLike): Activation {
    if (typeof activation === 'object' && activation !== null) {
      const { value, derivative } = activation;
      if (typeof value === 'function' && typeof derivative === 'function') return activation;
    }
    const known: Record<string, Activation | ScalarFunction> = activations;
    if (typeof activation === 'string' && Object.hasOwn(known, activation)) {
      return known[activation] as Activation;
    }
    const names = Object.keys(activations).join(', ');
    const fix = 'Or pass { value, derivative }.';
    throw new Refusal(where, `activation to be one of ${names}`, word(activation), fix);
  };
}
