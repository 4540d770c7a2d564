import {
  accumulate,
  apply,
  diagonalSum,
  identity,
  logAbsDeterminant,
  logProduct,
  once,
  product,
  type Rows,
  scalarFunctions,
  sum,
} from '@hurwitz/network';
import { describeDynamical } from './describe.js';
import { inputProduct, inputShape } from './input-weights.js';
import type { DynamicalParts } from './parts.js';
import type { RecurrentMap } from './system.js';

/** k and what its derivative needs at one stage: slopes by the recurrent part and by either input. */
interface StageSlopes {
  k: Float64Array;
  byState: Float64Array;
  byInput: Float64Array;
  byGateInput?: Float64Array;
  gate?: Float64Array;
}

/**
 * The map h⁺ = carry · h + epsilon · Φ(k, h) of `recurrence` and its tangent, by the chain rule through the stages: with
 * D_i, E_i the derivatives of k by state and input at stage i, K_i = D_i (V + epsilon Σ_j a_ij K_j) + E_i u and
 * V⁺ = carry · V + epsilon Σ_i b_i K_i.
 */
export function dynamicalMap(parts: DynamicalParts): RecurrentMap {
  const { carry, epsilon, a, b, W, A, input, gate } = parts;
  const units = W.length;
  const ones = new Float64Array(units).fill(1);
  /** J is then epsilon b_0 diag(act') W. */
  const closedDeterminant = carry === 0 && a.length === 1 && !A && !gate;
  const scale = units * Math.log(Math.abs(epsilon * b[0]!));
  const determinant = once(() => scale + logAbsDeterminant(W));

  /** Runs the stages. */
  const evaluate = (state: ArrayLike<number>, x: ArrayLike<number>) => {
    const h = Float64Array.from(state);
    const stageSlopes = stageOf(parts, x);
    const stages: StageSlopes[] = [];
    for (const row of a) stages.push(stageSlopes(combined(h, row, { stages, epsilon })));
    const next = combined(
      h.map((v) => carry * v),
      b,
      { stages, epsilon },
    );
    return { next, stages };
  };

  return {
    kind: 'recurrent',
    closedDeterminant,
    units,
    stateSize: units,
    tangentSize: units,
    network: describeDynamical(parts),
    ...inputShape(input),
    at: (state, x) => {
      const { next, stages } = evaluate(state, x);
      /** An absent V is the identity. */
      const tangent = (V?: Rows, u?: Rows): Rows => {
        const [driven, gateDriven] = [u && product(input.U, u), u && gate && product(gate.U, u)];
        const K: Rows[] = [];
        for (const [i, { byState, byInput, byGateInput, gate: g = ones }] of stages.entries()) {
          const D = diagonalSum([byState, W], [g, A]);
          const through = product(D, stageTangent(V, { weights: a[i]!, K, epsilon, units }));
          const inward = driven && diagonalSum([byInput, driven], [byGateInput ?? ones, gateDriven]);
          K.push(sum(through, inward));
        }
        const out = (V ?? identity(units)).map((row) => row.map((v) => carry * v));
        b.forEach((weight, i) => {
          accumulate(out, epsilon * weight, K[i]!);
        });
        return out;
      };
      const logDeterminant = () => logProduct(stages[0]!.byState) + determinant();
      return {
        next,
        jacobian: () => tangent(),
        push: tangent,
        ...(closedDeterminant && { logDeterminant }),
      };
    },
  };
}

/** start + epsilon Σ_j weights_j k_j. */
function combined(
  start: Float64Array,
  weights: readonly number[],
  { stages, epsilon }: { stages: readonly StageSlopes[]; epsilon: number },
): Float64Array {
  return start.map((v, i) =>
    weights.reduce((total, weight, j) => total + epsilon * weight * stages[j]!.k[i]!, v),
  );
}

/** V + epsilon Σ_j weights_j K_j; undefined for the identity itself. */
function stageTangent(
  V: Rows | undefined,
  {
    weights,
    K,
    epsilon,
    units,
  }: { weights: readonly number[]; K: readonly Rows[]; epsilon: number; units: number },
): Rows | undefined {
  if (weights.every((weight) => weight === 0)) return V;
  const inner = V ? V.map((row) => row.slice()) : identity(units);
  weights.forEach((weight, j) => {
    if (weight !== 0) accumulate(inner, epsilon * weight, K[j]!);
  });
  return inner;
}

/** k = g ∘ (A h + act(W h + z)) with its slopes, as a function of the stage's state at one input. */
function stageOf({ activation, W, A, input, bias, gate }: DynamicalParts, x: ArrayLike<number>) {
  const { value, derivative } = scalarFunctions[activation];
  const sigmoid = scalarFunctions.sigmoid;
  const modrelu = activation === 'modrelu';
  const zero = new Float64Array(W.length);
  const drive = inputProduct(input, x);
  const z = modrelu ? drive : drive.map((v, i) => v + bias[i]!);
  const gateDrive = gate && inputProduct({ ...input, U: gate.U }, x).map((v, i) => v + gate.bias[i]!);
  const threshold = modrelu ? bias : zero;
  return (h: Float64Array): StageSlopes => {
    const Wh = apply(W, h);
    const Ah = A ? apply(A, h) : zero;
    const ungated = Wh.map((w, i) => Ah[i]! + value(w + z[i]!, threshold[i]!));
    const slope = Wh.map((w, i) => derivative(w + z[i]!, threshold[i]!));
    if (!gateDrive) return { k: ungated, byState: slope, byInput: slope };
    const g = Wh.map((w, i) => sigmoid.value(w + gateDrive[i]!));
    const byInput = slope.map((s, i) => g[i]! * s);
    const byGateInput = Wh.map((w, i) => sigmoid.derivative(w + gateDrive[i]!) * ungated[i]!);
    const byState = byInput.map((s, i) => s + byGateInput[i]!);
    return { k: ungated.map((v, i) => g[i]! * v), byState, byInput, byGateInput, gate: g };
  };
}
