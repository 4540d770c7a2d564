import { type ActivationLike, toActivation } from './activation.js';
import { type LSTMWeights, lstmOptions, splitGates, toGateFunction } from './lstm-gates.js';
import { checkNumber, type MatrixLike, toMatrix, toSquare, toVector, type VectorLike } from './matrix.js';
import { checkOptions } from './options.js';

/** φ(h, x), one step of a recurrent model, on plain vectors. */
export interface TransitionMap {
  /** Length of the state. */
  readonly stateSize: number;
  readonly inputSize: number;
  step(state: Float64Array, input: Float64Array): Float64Array;
  /** Half-widths of the box of states the contraction factor speaks of; Infinity when it speaks of all. */
  readonly stateBounds: readonly number[];
}

/**
 * h⁺ = σ(W h + U x + b), column-vector convention; the linear model with activation 'linear'.
 *
 * @throws StabilityError on bad weights.
 */
export function vanillaMap(input: {
  W: MatrixLike;
  U: MatrixLike;
  bias?: VectorLike;
  activation?: ActivationLike;
}): TransitionMap {
  const where = 'vanillaMap';
  checkOptions(where, input, { W: true, U: true, bias: true, activation: true });
  const { W, U, bias, activation = 'tanh' } = input;
  const w = toSquare(where, 'W', W).to2DArray();
  const u = toMatrix(where, 'U', U).to2DArray();
  const b = bias === undefined ? new Float64Array(w.length) : toVector(where, 'bias', bias, w.length);
  const { value } = toActivation(where, activation);
  return {
    stateSize: w.length,
    inputSize: u[0]!.length,
    step: (h, x) => b.map((constant, i) => value(constant + dot(w[i]!, h) + dot(u[i]!, x))),
    stateBounds: w.map(() => Infinity),
  };
}

/**
 * One step of a tf.layers LSTM on the state [c, h] of length 2·units.
 *
 * @param input.cellBound half-width of c, `1 / (1 - forgetBound)` of `lstmContractionFactor`; h lies in [-1, 1].
 * @throws StabilityError on bad weights.
 */
export function lstmMap(input: LSTMWeights & { cellBound: number }): TransitionMap {
  checkOptions('lstmMap', input, { cellBound: true, ...lstmOptions });
  const { cellBound, recurrentActivation = 'sigmoid', ...weights } = input;
  checkNumber('lstmMap', 'cellBound', cellBound, { above: 0 });
  const gate = toGateFunction('lstmMap', recurrentActivation).value;
  const { i, f, c, o } = splitGates('lstmMap', weights);
  const n = i.b.length;
  return {
    stateSize: 2 * n,
    inputSize: i.U[0]!.length,
    step: (state, x) => {
      const h = state.subarray(n);
      const next = new Float64Array(2 * n);
      for (let k = 0; k < n; k++) {
        const [zi, zf, zc, zo] = [i, f, c, o].map(({ W, U, b }) => b[k]! + dot(W[k]!, h) + dot(U[k]!, x));
        const cell = gate(zf!) * state[k]! + gate(zi!) * Math.tanh(zc!);
        next[k] = cell;
        next[n + k] = gate(zo!) * Math.tanh(cell);
      }
      return next;
    },
    stateBounds: Array.from({ length: 2 * n }, (_, k) => (k < n ? cellBound : 1)),
  };
}

function dot(row: readonly number[], v: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) sum += row[j]! * v[j]!;
  return sum;
}
