import {
  diagonalSum,
  logAbsDeterminant,
  logProduct,
  once,
  type Rows,
  scalarFunctions,
} from '@hurwitz/network';
import { describeGated } from './describe.js';
import { gateTangent, preActivation, type Vector, zip } from './gated.js';
import { inputShape } from './input-weights.js';
import type { GatedParts } from './parts.js';
import type { RecurrentMap } from './system.js';

/**
 * tf.layers' LSTM as a map of [h, c]. With `frozenCell` tangents are of h alone, at fixed c, as Vogt et al. 2022 use
 * them; they miss the slow modes of the cell.
 */
export function lstmMap(parts: GatedParts, frozenCell: boolean): RecurrentMap {
  const n = parts.W[0]!.length;
  const outputDeterminant = once(() => logAbsDeterminant(parts.W[3]!));
  return {
    kind: 'recurrent',
    closedDeterminant: !frozenCell,
    units: n,
    stateSize: 2 * n,
    tangentSize: frozenCell ? n : 2 * n,
    network: describeGated('lstm', parts, frozenCell),
    ...inputShape({ U: parts.U[0]!, tokens: parts.tokens }),
    at: (state, x) => {
      const all = Float64Array.from(state);
      const point = lstmPoint(parts, { h: all.subarray(0, n), c: all.subarray(n), x });
      const tangent = (h?: Rows, u?: Rows, c?: Rows) => lstmTangent(parts, point, { h, c, u });
      return {
        next: Float64Array.from([...point.output, ...point.cell]),
        jacobian: () => {
          const byHidden = tangent();
          return frozenCell ? byHidden.h : withCell(byHidden, point);
        },
        // Less diag(∂h⁺/∂c⁺) times its lower blocks, J is block triangular: diag(∂h⁺/∂z_o) W_o and diag(f).
        logDeterminant: () => logProduct(point.forget) + logProduct(point.outputByGate) + outputDeterminant(),
        push: (V, u) => {
          const pushed = tangent(V.slice(0, n), u, frozenCell ? undefined : V.slice(n));
          return frozenCell ? pushed.h : [...pushed.h, ...pushed.c];
        },
      };
    },
  };
}

/** The next state, and the factors of the chain rule: c⁺ by the gates and by c, h⁺ by c⁺ and by the output gate. */
interface LSTMPoint {
  output: Vector;
  cell: Vector;
  cellByGate: [i: Vector, f: Vector, candidate: Vector];
  forget: Vector;
  outputByCell: Vector;
  outputByGate: Vector;
}

function lstmPoint(
  parts: GatedParts,
  { h, c, x }: { h: Vector; c: Vector; x: ArrayLike<number> },
): LSTMPoint {
  const act = scalarFunctions[parts.activation];
  const gate = scalarFunctions[parts.recurrentActivation];
  const [zi, zf, zc, zo] = [0, 1, 2, 3].map((k) => preActivation(parts, k, { h, x })) as [
    Vector,
    Vector,
    Vector,
    Vector,
  ];
  const open = (z: Vector): Vector => z.map((v) => gate.value(v, 0));
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
function lstmTangent(
  parts: GatedParts,
  { cellByGate: [byInput, byForget, byCandidate], forget, outputByCell, outputByGate }: LSTMPoint,
  { h, c, u }: { h: Rows | undefined; c: Rows | undefined; u: Rows | undefined },
): { h: Rows; c: Rows } {
  const of = (k: number): Rows => gateTangent(parts, k, { V: h, u });
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
