/** An activation with its derivative; `b` is the threshold of modReLU. */
export interface ScalarFunction {
  value(z: number, b: number): number;
  derivative(z: number, b: number): number;
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** 4 e^(-2|z|) / (1 + e^(-2|z|))², which stays accurate where 1 - tanh² rounds to 0: the decay of a saturated unit counts. */
const tanhSlope = (z: number): number => {
  const decay = Math.exp(-2 * Math.abs(z));
  return (4 * decay) / (1 + decay) ** 2;
};

/** 1 where it holds, 0 where it does not, and NaN at NaN: what came before must not be lost. */
const slope = (z: number, holds: boolean): number => (Number.isNaN(z) ? z : holds ? 1 : 0);

/** Klambauer et al. 2017. */
const [seluAlpha, seluScale] = [1.6732632423543772, 1.0507009873554805];

const elu = (alpha: number, scale: number): ScalarFunction => ({
  value: (z) => scale * (z > 0 ? z : alpha * Math.expm1(z)),
  derivative: (z) => scale * (z > 0 ? 1 : alpha * Math.exp(z)),
});

/** By their names in tf.layers; modReLU is ours. */
export const scalarFunctions = {
  tanh: { value: Math.tanh, derivative: tanhSlope },
  relu: { value: (z) => Math.max(z, 0), derivative: (z) => slope(z, z > 0) },
  linear: { value: (z) => z, derivative: () => 1 },
  sigmoid: { value: sigmoid, derivative: (z) => sigmoid(z) * sigmoid(-z) },
  modrelu: {
    value: (z, b) => Math.sign(z) * Math.max(Math.abs(z) + b, 0),
    // 1 at z = 0 too, unless the threshold cuts that off: a layer at rest has lost nothing.
    derivative: (z, b) => slope(z + b, z === 0 ? b >= 0 : Math.abs(z) + b > 0),
  },
  hardSigmoid: {
    value: (z) => Math.min(1, Math.max(0, 0.2 * z + 0.5)),
    derivative: (z) => 0.2 * slope(z, Math.abs(z) < 2.5),
  },
  relu6: {
    value: (z) => Math.min(Math.max(z, 0), 6),
    derivative: (z) => slope(z, z > 0 && z < 6),
  },
  elu: elu(1, 1),
  selu: elu(seluAlpha, seluScale),
  softplus: {
    value: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
    derivative: sigmoid,
  },
  softsign: { value: (z) => z / (1 + Math.abs(z)), derivative: (z) => (1 + Math.abs(z)) ** -2 },
} satisfies Record<string, ScalarFunction>;

export type ActivationName = keyof typeof scalarFunctions;

/** Those that a description of a network may name besides modReLU: what kernels of tangents compute. */
export const describedActivations = [
  'tanh',
  'sigmoid',
  'hardSigmoid',
  'relu',
  'linear',
] as const satisfies ActivationName[];

export type DescribedActivation = (typeof describedActivations)[number];

export const isDescribed = (name: string): name is DescribedActivation =>
  (describedActivations as readonly string[]).includes(name);

/** Those that a layer of tf.layers can have. */
export const kerasActivations = Object.keys(scalarFunctions).filter(
  (name) => name !== 'modrelu',
) as readonly ActivationName[];

/** What the activation layers of tf.layers do, from their options. */
export const activationLayers: Record<
  string,
  (config: Record<string, number | undefined>) => ScalarFunction
> = {
  ReLU: ({ maxValue }) => ({
    value: (z) => Math.min(Math.max(z, 0), maxValue ?? Infinity),
    derivative: (z) => slope(z, z > 0 && z < (maxValue ?? Infinity)),
  }),
  LeakyReLU: ({ alpha = 0.3 }) => ({
    value: (z) => (z > 0 ? z : alpha * z),
    derivative: (z) => (z > 0 ? 1 : alpha + 0 * z),
  }),
  ELU: () => scalarFunctions.elu,
  ThresholdedReLU: ({ theta = 1 }) => ({
    value: (z) => (z > theta || Number.isNaN(z) ? z : 0),
    derivative: (z) => slope(z, z > theta),
  }),
};
