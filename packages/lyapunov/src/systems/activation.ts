import { LyapunovError } from '../errors.js';
import { describe } from '../numeric-input.js';

/** A scalar activation with its derivative, both of the pre-activation. */
export interface Activation {
  value(z: number): number;
  slope(z: number): number;
}

/** Activations by their tf.layers names. */
export type ActivationName = 'tanh' | 'sigmoid' | 'hardSigmoid' | 'relu' | 'linear';

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/**
 * The slopes keep their relative accuracy where the activation saturates (1 - tanh² would be 0 from |z| = 19 on), so
 * strongly negative exponents stay finite.
 */
const activations: Record<ActivationName, Activation> = {
  tanh: {
    value: Math.tanh,
    slope: (z) => {
      const decay = Math.exp(-2 * Math.abs(z));
      return (4 * decay) / (1 + decay) ** 2;
    },
  },
  sigmoid: {
    value: sigmoid,
    slope: (z) => {
      const decay = Math.exp(-Math.abs(z));
      return decay / (1 + decay) ** 2;
    },
  },
  hardSigmoid: {
    value: (z) => Math.min(1, Math.max(0, 0.2 * z + 0.5)),
    slope: (z) => (Math.abs(z) < 2.5 ? 0.2 : 0),
  },
  relu: { value: (z) => Math.max(0, z), slope: (z) => (z > 0 ? 1 : 0) },
  linear: { value: (z) => z, slope: () => 1 },
};

export function activationOf(name: ActivationName, where: string): Activation {
  if (Object.hasOwn(activations, name)) return activations[name];
  throw new LyapunovError(
    where,
    `an activation of ${Object.keys(activations).join(', ')}`,
    describe(name),
    'Use one of these.',
  );
}
