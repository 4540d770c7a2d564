import {
  type ActivationName,
  accumulate,
  apply,
  diagonalSum,
  identity,
  logAbsDeterminant,
  logProduct,
  once,
  product,
  type Rows,
  rowsOf,
  scalarFunctions,
  sum,
} from '@hurwitz/network';
import type { FamilyWeights, HostTensor, TangentMap } from '../../family.js';
import type { DynamicalAttributes } from './options.js';

/** The options of the step, with any activation whose derivative is known. */
export type TangentAttributes = Omit<DynamicalAttributes, 'activation'> & { activation: ActivationName };

/** What a step is made of, in float64. */
interface Parts extends TangentAttributes {
  W: Rows;
  A: Rows | undefined;
  gated: boolean;
  /** modReLU's; 0 where it has none. */
  threshold: ArrayLike<number>;
}

/** k and what its derivative needs at one stage: slopes by the recurrent part and by either input. */
interface StageSlopes {
  k: Float64Array;
  byState: Float64Array;
  byInput: Float64Array;
  byGateInput?: Float64Array;
  gate?: Float64Array;
}

/**
 * The map h⁺ = carry · h + epsilon · Φ(k, h) and its tangent, by the chain rule through the stages: with D_i, E_i the
 * derivatives of k by state and drive at stage i, K_i = D_i (V + epsilon Σ_j a_ij K_j) + E_i u and
 * V⁺ = carry · V + epsilon Σ_i b_i K_i.
 */
export function dynamicalTangent({
  attributes,
  tensors: { kernel, W: matrix, A: linear, bias, gateKernel, gateBias },
}: FamilyWeights<TangentAttributes, HostTensor>): TangentMap {
  const { carry, epsilon, a, b, units } = attributes;
  const W = matrixOf(matrix!);
  const A = linear && matrixOf(linear);
  const gated = gateKernel !== undefined;
  const modrelu = attributes.activation === 'modrelu';
  const zeros = new Float64Array(units);
  const ones = zeros.map(() => 1);
  const shift = bias?.values ?? zeros;
  const parts: Parts = { ...attributes, W, A, gated, threshold: modrelu ? shift : zeros };
  const added = modrelu ? zeros : shift;
  /** J is then epsilon b_0 diag(act') W. */
  const closedDeterminant = carry === 0 && a.length === 1 && !A && !gated;
  const determinant = once(() => units * Math.log(Math.abs(epsilon * b[0]!)) + logAbsDeterminant(W));
  return {
    closedDeterminant,
    drive: gated
      ? {
          kernel: [...columnsOf(kernel!), ...columnsOf(gateKernel)],
          bias: Float64Array.from([...Array.from(added), ...Array.from(gateBias!.values)]),
        }
      : { kernel: columnsOf(kernel!), bias: added },
    at: (h, drive) => {
      const slopesAt = stageOf(parts, drive);
      const stages: StageSlopes[] = [];
      for (const row of a) stages.push(slopesAt(combined(h, row, { stages, epsilon })));
      const next = combined(
        h.map((v) => carry * v),
        b,
        { stages, epsilon },
      );
      const push = (V?: Rows, u?: Rows): Rows => {
        const [driven, gateDriven] = [u?.slice(0, units), gated ? u?.slice(units) : undefined];
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
      return { next, push, ...(closedDeterminant && { logDeterminant }) };
    },
  };
}

const matrixOf = ({ values, shape }: HostTensor): Rows => rowsOf(values, shape);

/** The columns of a kernel, as rows that multiply a column vector. */
const columnsOf = ({ values, shape }: HostTensor): Rows => rowsOf(values, shape, true);

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

/** k = g ∘ (A h + act(W h + z)) with its slopes, as a function of the stage's state at one drive. */
function stageOf({ activation, W, A, gated, threshold }: Parts, drive: Float64Array) {
  const { value, derivative } = scalarFunctions[activation];
  const sigmoid = scalarFunctions.sigmoid;
  const units = W.length;
  const [z, gateDrive] = [drive.subarray(0, units), drive.subarray(units)];
  const zero = new Float64Array(units);
  return (h: Float64Array): StageSlopes => {
    const Wh = apply(W, h);
    const Ah = A ? apply(A, h) : zero;
    const ungated = Wh.map((w, i) => Ah[i]! + value(w + z[i]!, threshold[i]!));
    const slope = Wh.map((w, i) => derivative(w + z[i]!, threshold[i]!));
    if (!gated) return { k: ungated, byState: slope, byInput: slope };
    const g = Wh.map((w, i) => sigmoid.value(w + gateDrive[i]!));
    const byInput = slope.map((s, i) => g[i]! * s);
    const byGateInput = Wh.map((w, i) => sigmoid.derivative(w + gateDrive[i]!) * ungated[i]!);
    const byState = byInput.map((s, i) => s + byGateInput[i]!);
    return { k: ungated.map((v, i) => g[i]! * v), byState, byInput, byGateInput, gate: g };
  };
}
