import { described } from '@hurwitz/input';
import { StabilityError } from './errors.js';

/** A scalar nonlinearity σ and its slope σ'. */
export interface Activation {
  value(x: number): number;
  derivative(x: number): number;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The activations known by name. */
export const activations = {
  // 1 - tanh² would be 0 from |x| = 19 on.
  tanh: { value: Math.tanh, derivative: (x: number) => (1 / Math.cosh(x)) ** 2 },
  sigmoid: { value: logistic, derivative: (x: number) => logistic(x) * logistic(-x) },
  relu: { value: (x: number) => Math.max(0, x), derivative: (x: number) => (x > 0 ? 1 : 0) },
  linear: { value: (x: number) => x, derivative: () => 1 },
} as const satisfies Record<string, Activation>;

/** A name in `activations`, or a nonlinearity of one's own. */
export type ActivationLike = keyof typeof activations | Activation;

/** The nonlinearity meant. */
export function toActivation(where: string, activation: ActivationLike): Activation {
  if (typeof activation === 'object' && activation !== null) {
    const { value, derivative } = activation;
    if (typeof value === 'function' && typeof derivative === 'function') return activation;
  }
  const known: Record<string, Activation> = activations;
  const found =
    typeof activation === 'string' && Object.hasOwn(known, activation) ? known[activation] : undefined;
  if (found === undefined) {
    const names = Object.keys(activations).join(', ');
    throw new StabilityError(
      where,
      `activation to be one of ${names}`,
      described(activation),
      'Or pass { value, derivative }.',
    );
  }
  return found;
}
