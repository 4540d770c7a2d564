import { apply, diagonalSum, identity, product, type Rows, scalarFunctions, sum } from '@hurwitz/network';
import { describeGated } from './describe.js';
import { gateDrive, gateTangent, preActivation, zip } from './gated.js';
import { inputShape } from './input-weights.js';
import type { GatedParts } from './parts.js';
import type { RecurrentMap } from './system.js';

/** tf.layers' GRU (resetAfter false), h⁺ = z∘h + (1 - z)∘g with g = act(W_h (r∘h) + U_h x + b_h), as a map of h. */
export function gruMap(parts: GatedParts): RecurrentMap {
  const n = parts.W[0]!.length;
  const act = scalarFunctions[parts.activation];
  const gate = scalarFunctions[parts.recurrentActivation];
  const [, , candidateWeights] = parts.W as [Rows, Rows, Rows];
  return {
    kind: 'recurrent',
    closedDeterminant: false,
    units: n,
    stateSize: n,
    tangentSize: n,
    network: describeGated('gru', parts),
    ...inputShape({ U: parts.U[0]!, tokens: parts.tokens }),
    at: (state, x) => {
      const h = Float64Array.from(state);
      const [z, r] = [preActivation(parts, 0, { h, x }), preActivation(parts, 1, { h, x })];
      const [update, reset] = [z, r].map((v) => v.map((p) => gate.value(p, 0))) as [typeof z, typeof z];
      const recurrent = apply(
        candidateWeights,
        zip((ri, hi) => ri * hi, reset, h),
      );
      const p = gateDrive(parts, 2, x).map((v, i) => v + recurrent[i]!);
      const candidate = p.map((v) => act.value(v, 0));

      const byUpdate = zip((zi, hi, g) => gate.derivative(zi, 0) * (hi - g), z, h, candidate);
      const byReset = zip((ri, hi) => gate.derivative(ri, 0) * hi, r, h);
      const byCandidate = zip((zi, pi) => (1 - zi) * act.derivative(pi, 0), update, p);
      /** An absent V is the identity. */
      const tangent = (V?: Rows, u?: Rows): Rows => {
        const kept = V ?? identity(n);
        const resetState = diagonalSum([byReset, gateTangent(parts, 1, { V, u })], [reset, kept]);
        const inner = sum(product(candidateWeights, resetState), u && product(parts.U[2]!, u));
        return diagonalSum([byUpdate, gateTangent(parts, 0, { V, u })], [byCandidate, inner], [update, kept]);
      };
      return {
        next: zip((zi, hi, g) => zi * hi + (1 - zi) * g, update, h, candidate),
        jacobian: () => tangent(),
        push: tangent,
      };
    },
  };
}
