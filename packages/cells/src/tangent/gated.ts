import { apply, product, type Rows, sum } from '@hurwitz/network';
import { inputProduct } from './input-weights.js';
import type { GatedParts } from './parts.js';

export type Vector = Float64Array;

/** f of the vectors' entries at each index, of which there are two to four. */
export function zip(
  f: (a: number, b: number, c: number, d: number) => number,
  a: Vector,
  b: Vector,
  c: Vector = b,
  d: Vector = b,
): Vector {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b[i]!, c[i]!, d[i]!);
  return out;
}

/** U x + b of a gate. */
export function gateDrive({ U, bias, tokens }: GatedParts, gate: number, x: ArrayLike<number>): Vector {
  return inputProduct({ U: U[gate]!, tokens }, x).map((v, i) => v + bias[gate]![i]!);
}

/** W h + U x + b of a gate. */
export function preActivation(
  parts: GatedParts,
  gate: number,
  { h, x }: { h: Vector; x: ArrayLike<number> },
) {
  const Wh = apply(parts.W[gate]!, h);
  return gateDrive(parts, gate, x).map((v, i) => v + Wh[i]!);
}

/** W V + U u of a gate; an absent V is the identity and an absent u zero. */
export function gateTangent(
  { W, U }: GatedParts,
  gate: number,
  { V, u }: { V: Rows | undefined; u: Rows | undefined },
): Rows {
  return sum(product(W[gate]!, V), u && product(U[gate]!, u));
}
