import type { Activation } from '@hurwitz/scan';
import { scalarFunctions } from './activations.js';
import { accumulate, apply, diagonalSum, product, type Rows, scaledIdentity, toArrays } from './matrix.js';
import type { RawSystem } from './system.js';

export interface DynamicalParts {
  carry: 0 | 1;
  epsilon: number;
  activation: Activation | 'hardSigmoid';
  a: readonly (readonly number[])[];
  b: readonly number[];
  W: Rows;
  A?: Rows;
  /** U [units, inputDim]. */
  U: Rows;
  bias: ArrayLike<number>;
  gate?: { U: Rows; bias: ArrayLike<number> };
}

/**
 * The map h⁺ = carry · h + epsilon · Φ(k, h) of `recurrence` and its Jacobian, by the chain rule through the stages:
 * with D_i the Jacobian of k at stage i, K_i = D_i (I + epsilon Σ_j a_ij K_j) and J = carry · I + epsilon Σ_i b_i K_i.
 */
export function dynamicalTangent(parts: DynamicalParts): RawSystem {
  const { carry, epsilon, activation, a, b, W, A, U, bias, gate } = parts;
  const units = W.length;
  const { value, derivative } = scalarFunctions[activation];
  const { value: sigmoid, derivative: sigmoidSlope } = scalarFunctions.sigmoid;
  const modrelu = activation === 'modrelu';
  const zero = new Float64Array(units);

  const drive = (input: ArrayLike<number>) => {
    const z = apply(U, input);
    const g = gate && apply(gate.U, input);
    return {
      z: modrelu ? z : z.map((v, i) => v + bias[i]!),
      gateDrive: g?.map((v, i) => v + gate!.bias[i]!),
    };
  };

  /** k at a stage state, and D there if wanted. */
  const field = (h: Float64Array, { z, gateDrive }: ReturnType<typeof drive>, wantJacobian: boolean) => {
    const Wh = apply(W, h);
    const Ah = A ? apply(A, h) : zero;
    const threshold = modrelu ? bias : zero;
    const ungated = Wh.map((w, i) => Ah[i]! + value(w + z[i]!, threshold[i]!));
    const g = gateDrive?.map((d, i) => sigmoid(Wh[i]! + d, 0));
    const k = g ? ungated.map((v, i) => g[i]! * v) : ungated;
    if (!wantJacobian) return { k };
    const slope = Wh.map((w, i) => {
      const own = (g?.[i] ?? 1) * derivative(w + z[i]!, threshold[i]!);
      return gateDrive ? own + sigmoidSlope(w + gateDrive[i]!, 0) * ungated[i]! : own;
    });
    return { k, D: A ? diagonalSum([slope, W], [g ?? zero.map(() => 1), A]) : diagonalSum([slope, W]) };
  };

  /** Runs the stages; the Jacobian is worked out alongside where wanted. */
  const run = (state: ArrayLike<number>, input: ArrayLike<number>, wantJacobian: boolean) => {
    const h = Float64Array.from(state);
    const driven = drive(input);
    const k: Float64Array[] = [];
    const K: Rows[] = [];
    for (const row of a) {
      const stage = h.map((v, i) => row.reduce((sum, weight, j) => sum + epsilon * weight * k[j]![i]!, v));
      const { k: slope, D } = field(stage, driven, wantJacobian);
      k.push(slope);
      if (!D) continue;
      const inner = scaledIdentity(units, 1);
      row.forEach((weight, j) => {
        if (weight !== 0) accumulate(inner, epsilon * weight, K[j]!);
      });
      K.push(row.some((weight) => weight !== 0) ? product(D, inner) : D);
    }
    const next = h.map((v, i) => b.reduce((sum, weight, j) => sum + epsilon * weight * k[j]![i]!, carry * v));
    const J = scaledIdentity(units, carry);
    if (wantJacobian)
      b.forEach((weight, j) => {
        accumulate(J, epsilon * weight, K[j]!);
      });
    return { next, J };
  };

  return {
    stateSize: units,
    inputSize: U[0]!.length,
    step: (state, input) => run(state, input, false).next,
    jacobian: (state, input) => toArrays(run(state, input, true).J),
  };
}
