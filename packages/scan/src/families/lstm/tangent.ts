import {
  diagonalSum,
  logAbsDeterminant,
  logProduct,
  once,
  type Rows,
  scalarFunctions,
} from '@hurwitz/network';
import type { TangentMap } from '../../family.js';
import {
  type GatedWeights,
  gatedParts,
  gateTangent,
  preActivation,
  type TangentAttributes,
  zip,
} from '../gated/tangent.js';

/** tf.layers' LSTM as a map of [h, c]. */
export function lstmTangent(weights: GatedWeights): TangentMap {
  const { attributes } = weights;
  const n = attributes.units;
  const { W, drive } = gatedParts(weights, 4);
  const outputDeterminant = once(() => logAbsDeterminant(W[3]!));
  return {
    closedDeterminant: true,
    drive,
    at: (state, drive) => {
      const [h, c] = [state.subarray(0, n), state.subarray(n)];
      const point = lstmPoint(attributes, { W, h, c, drive });
      return {
        next: Float64Array.from([...point.output, ...point.cell]),
        // Less diag(∂h⁺/∂c⁺) times its lower blocks, J is block triangular: diag(∂h⁺/∂z_o) W_o and diag(f).
        logDeterminant: () => logProduct(point.forget) + logProduct(point.outputByGate) + outputDeterminant(),
        push: (V, u) => {
          const pushed = lstmPush(W, point, { h: V?.slice(0, n), c: V?.slice(n), u });
          return V ? [...pushed.h, ...pushed.c] : withCell(pushed, point);
        },
      };
    },
  };
}

/** The next state, and the factors of the chain rule: c⁺ by the gates and by c, h⁺ by c⁺ and by the output gate. */
interface LSTMPoint {
  output: Float64Array;
  cell: Float64Array;
  cellByGate: [i: Float64Array, f: Float64Array, candidate: Float64Array];
  forget: Float64Array;
  outputByCell: Float64Array;
  outputByGate: Float64Array;
}

function lstmPoint(
  { activation, recurrentActivation }: TangentAttributes,
  { W, h, c, drive }: { W: Rows[]; h: Float64Array; c: Float64Array; drive: Float64Array },
): LSTMPoint {
  const act = scalarFunctions[activation];
  const gate = scalarFunctions[recurrentActivation];
  const preActivations = W.map((_, k) => preActivation(W, k, { h, drive }));
  const [zi, zf, zc, zo] = preActivations as [Float64Array, Float64Array, Float64Array, Float64Array];
  const open = (z: Float64Array): Float64Array => z.map((v) => gate.value(v, 0));
  const [i, forget, o] = [open(zi), open(zf), open(zo)];
  const candidate = zc.map((v) => act.value(v, 0));
  const cell = zip((f, ci, ii, g) => f * ci + ii * g, forget, c, i, candidate);
  const squashed = cell.map((v) => act.value(v, 0));
  return {
    output: zip((oi, s) => oi * s, o, squashed),
    cell,
    cellByGate: [
      zip((z, g) => gate.derivative(z, 0) * g, zi, candidate),
      zip((z, ci) => gate.derivative(z, 0) * ci, zf, c),
      zip((z, ii) => act.derivative(z, 0) * ii, zc, i),
    ],
    forget,
    outputByCell: zip((oi, v) => oi * act.derivative(v, 0), o, cell),
    outputByGate: zip((z, s) => gate.derivative(z, 0) * s, zo, squashed),
  };
}

/** Tangents of h⁺ and c⁺; an absent h is the identity, an absent c or u zero. */
function lstmPush(
  W: Rows[],
  { cellByGate: [byInput, byForget, byCandidate], forget, outputByCell, outputByGate }: LSTMPoint,
  { h, c, u }: { h: Rows | undefined; c: Rows | undefined; u: Rows | undefined },
): { h: Rows; c: Rows } {
  const of = (k: number): Rows => gateTangent(W, k, { V: h, u });
  const cell = diagonalSum([byInput, of(0)], [byForget, of(1)], [byCandidate, of(2)], [forget, c]);
  return { h: diagonalSum([outputByCell, cell], [outputByGate, of(3)]), c: cell };
}

/** The Jacobian of [h, c] from its left half: the right half is diagonal in both blocks. */
function withCell(left: { h: Rows; c: Rows }, { forget, outputByCell }: LSTMPoint): Rows {
  const n = forget.length;
  const beside = (row: Float64Array, i: number, value: number): Float64Array => {
    const wide = new Float64Array(2 * n);
    wide.set(row);
    wide[n + i] = value;
    return wide;
  };
  return [
    ...left.h.map((row, i) => beside(row, i, outputByCell[i]! * forget[i]!)),
    ...left.c.map((row, i) => beside(row, i, forget[i]!)),
  ];
}
