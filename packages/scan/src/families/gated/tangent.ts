import { type ActivationName, apply, product, type Rows, rowsOf, sum } from '@hurwitz/network';
import type { FamilyWeights, HostTensor } from '../../family.js';

/** The activations of a gated cell, with any whose derivative is known. */
export interface TangentAttributes {
  activation: ActivationName;
  recurrentActivation: ActivationName;
}

export type GatedWeights = FamilyWeights<TangentAttributes, HostTensor>;

/** The weights of a gated cell, multiplying column vectors. */
export interface GatedParts {
  /** The recurrent matrix [units, units] of each gate. */
  W: Rows[];
  /** Of all gates, one below the other. */
  drive: { kernel: Rows; bias: ArrayLike<number> };
}

export function gatedParts({ attributes: { units }, tensors }: GatedWeights, gates: number): GatedParts {
  const { kernel, recurrentKernel, bias } = tensors;
  const W = rowsOf(recurrentKernel!.values, recurrentKernel!.shape, true);
  return {
    W: Array.from({ length: gates }, (_, k) => W.slice(k * units, (k + 1) * units)),
    drive: {
      kernel: rowsOf(kernel!.values, kernel!.shape, true),
      bias: bias?.values ?? new Float64Array(gates * units),
    },
  };
}

/** f of the vectors' entries at each index, of which there are two to four. */
export function zip(
  f: (a: number, b: number, c: number, d: number) => number,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array = b,
  d: Float64Array = b,
): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b[i]!, c[i]!, d[i]!);
  return out;
}

/** W h and the drive of one gate, of `units` entries each. */
export function preActivation(
  W: Rows[],
  gate: number,
  { h, drive }: { h: Float64Array; drive: Float64Array },
): Float64Array {
  const Wh = apply(W[gate]!, h);
  const from = gate * h.length;
  return Wh.map((v, i) => drive[from + i]! + v);
}

/** The tangent of a gate's pre-activation: W V + u; an absent V is the identity and an absent u zero. */
export function gateTangent(
  W: Rows[],
  gate: number,
  { V, u }: { V: Rows | undefined; u: Rows | undefined },
): Rows {
  const n = W[gate]!.length;
  return sum(product(W[gate]!, V), u?.slice(gate * n, (gate + 1) * n));
}
