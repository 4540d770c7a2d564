import type { Rows, scalarFunctions } from '@hurwitz/network';

/** The activations that a description may name; a network with another is none. */
const describedActivations = [
  'tanh',
  'sigmoid',
  'hardSigmoid',
  'relu',
  'linear',
] as const satisfies (keyof typeof scalarFunctions)[];

type DescribedActivation = (typeof describedActivations)[number];

interface LayerDescription {
  readonly units: number;
  /** Length of an input vector; with `tokens`, the number of tokens. */
  readonly inputDim: number;
  readonly tokens?: boolean;
  /** [gates * units, units] */
  readonly W: Float64Array;
  /** [gates * units, inputDim] */
  readonly kernel: Float64Array;
  /** [gates * units] */
  readonly bias: Float64Array;
}

/** h⁺ = carry h + epsilon Φ(k, h) with k(h) = g ∘ (A h + act(W h + kernel x + bias)). */
interface DynamicalDescription extends LayerDescription {
  readonly family: 'dynamical';
  readonly activation: DescribedActivation | 'modrelu';
  readonly A?: Float64Array;
  readonly gate?: { readonly kernel: Float64Array; readonly bias: Float64Array };
  readonly carry: 0 | 1;
  readonly epsilon: number;
  readonly scheme: { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };
}

interface GatedDescription extends LayerDescription {
  readonly family: 'lstm' | 'gru';
  readonly activation: DescribedActivation;
  readonly recurrentActivation: DescribedActivation;
  /** Of an LSTM: tangents of h alone. */
  readonly hiddenOnly?: boolean;
}

/**
 * The weights of a recurrent layer as plain data, row-major in float64, multiplying column vectors, with the gates of an
 * LSTM (i, f, c, o) or GRU (z, r, h) one below the other: what `lyapunovSpectrum` (@hurwitz/lyapunov) can advance in
 * WebAssembly.
 */
export type NetworkDescription = DynamicalDescription | GatedDescription;

export function isDescribed(activation: string): activation is DescribedActivation {
  return (describedActivations as readonly string[]).includes(activation);
}

/** Matrices one below the other, row-major. */
export function flat(matrices: readonly Rows[]): Float64Array {
  const rows = matrices.flat();
  const width = rows[0]!.length;
  const out = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) out.set(row, i * width);
  return out;
}
