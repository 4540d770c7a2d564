import { apply, diagonalSum, identity, product, type Rows, scalarFunctions, sum } from '@hurwitz/network';
import type { TangentMap } from '../../family.js';
import { type GatedWeights, gatedParts, gateTangent, preActivation, zip } from '../gated/tangent.js';

/** tf.layers' GRU (resetAfter false), h⁺ = z∘h + (1 - z)∘g with g = act(W_h (r∘h) + U_h x + b_h), as a map of h. */
export function gruTangent(weights: GatedWeights): TangentMap {
  const { units: n, activation, recurrentActivation } = weights.attributes;
  const { W, drive } = gatedParts(weights, 3);
  const act = scalarFunctions[activation];
  const gate = scalarFunctions[recurrentActivation];
  const candidateWeights = W[2]!;
  return {
    drive,
    at: (h, drive) => {
      const [z, r] = [preActivation(W, 0, { h, drive }), preActivation(W, 1, { h, drive })];
      const [update, reset] = [z, r].map((v) => v.map((p) => gate.value(p, 0))) as [typeof z, typeof z];
      const recurrent = apply(
        candidateWeights,
        zip((ri, hi) => ri * hi, reset, h),
      );
      const p = recurrent.map((v, i) => drive[2 * n + i]! + v);
      const candidate = p.map((v) => act.value(v, 0));

      const byUpdate = zip((zi, hi, g) => gate.derivative(zi, 0) * (hi - g), z, h, candidate);
      const byReset = zip((ri, hi) => gate.derivative(ri, 0) * hi, r, h);
      const byCandidate = zip((zi, pi) => (1 - zi) * act.derivative(pi, 0), update, p);
      const push = (V?: Rows, u?: Rows): Rows => {
        const kept = V ?? identity(n);
        const resetState = diagonalSum([byReset, gateTangent(W, 1, { V, u })], [reset, kept]);
        const inner = sum(product(candidateWeights, resetState), u?.slice(2 * n));
        return diagonalSum([byUpdate, gateTangent(W, 0, { V, u })], [byCandidate, inner], [update, kept]);
      };
      return { next: zip((zi, hi, g) => zi * hi + (1 - zi) * g, update, h, candidate), push };
    },
  };
}
