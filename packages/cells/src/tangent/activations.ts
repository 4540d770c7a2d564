import type { Activation } from '@hurwitz/scan';

/** An activation with its derivative; `b` is the threshold of modReLU. */
export interface ScalarFunction {
  value(z: number, b: number): number;
  derivative(z: number, b: number): number;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

export const scalarFunctions: Record<Activation | 'hardSigmoid', ScalarFunction> = {
  tanh: { value: Math.tanh, derivative: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { value: (z) => Math.max(z, 0), derivative: (z) => (z > 0 ? 1 : 0) },
  linear: { value: (z) => z, derivative: () => 1 },
  sigmoid: { value: sigmoid, derivative: (z) => sigmoid(z) * sigmoid(-z) },
  modrelu: {
    value: (z, b) => Math.sign(z) * Math.max(Math.abs(z) + b, 0),
    derivative: (z, b) => (z !== 0 && Math.abs(z) + b > 0 ? 1 : 0),
  },
  hardSigmoid: {
    value: (z) => Math.min(1, Math.max(0, 0.2 * z + 0.5)),
    derivative: (z) => (Math.abs(z) < 2.5 ? 0.2 : 0),
  },
};
