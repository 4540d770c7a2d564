import { preActivation } from '@hurwitz/rnn-model';
import { Matrix } from 'ml-matrix';
import { type Network, outputOf } from './rnn-model.js';

/** Differences from wanted outputs, and their derivatives. */
export interface Residuals {
  readonly residual: number[];
  /** [residuals, parameters] */
  readonly jacobian: Matrix;
  /** Sum of squares. */
  readonly cost: number;
}

/**
 * Output differences over all sequences with their Jacobian, by forward sensitivities. Parameters in order: W (row by row;
 * or with `orthogonal` the strict upper triangle of S in W (I + S)), kernel, bias, initial state, readout.
 */
export function residuals(
  network: Network,
  {
    sequences,
    wanted,
    orthogonal,
  }: { sequences: readonly number[][][]; wanted: readonly number[][][]; orthogonal: boolean },
): Residuals {
  const { W, kernel, readout, sigma, initialState } = network;
  const n = W.length;
  const outputs = readout[0]!.length;
  const firstKernel = orthogonal ? (n * (n - 1)) / 2 : n * n;
  const firstBias = firstKernel + kernel.length * n;
  const firstState = firstBias + n;
  const firstReadout = firstState + n;
  const parameters = firstReadout + n * outputs;
  const residual: number[] = [];
  const rows: Float64Array[] = [];
  for (const [s, x] of sequences.entries()) {
    let state = initialState;
    let tangent = state.map((_, i) => unitRow(firstReadout, firstState + i)); // dh/dθ, without the readout
    for (const [t, input] of x.entries()) {
      const z = preActivation(network, state, input);
      const slopes = z.map((value) => sigma.derivative(value));
      const next = W.map((row) => combine(row, tangent, firstReadout));
      for (const [i, row] of next.entries()) {
        addTransition(row, { W, state, i, orthogonal });
        for (const [p, entry] of input.entries()) row[firstKernel + p * n + i]! += entry;
        row[firstBias + i]! += 1;
        for (let p = 0; p < firstReadout; p++) row[p]! *= slopes[i]!;
      }
      tangent = next;
      state = z.map((value) => sigma.value(value));
      for (const [o, value] of outputOf(network, state).entries()) {
        residual.push(value - wanted[s]![t]![o]!);
        const row = new Float64Array(parameters);
        row.set(
          combine(
            readout.map((weights) => weights[o]!),
            tangent,
            firstReadout,
          ),
        );
        for (const [i, entry] of state.entries()) row[firstReadout + i * outputs + o] = entry;
        rows.push(row);
      }
    }
  }
  const cost = residual.reduce((sum, entry) => sum + entry * entry, 0);
  return { residual, jacobian: new Matrix(rows), cost: Number.isFinite(cost) ? cost : Infinity };
}

/** Adds the derivative of row i of W h with respect to the parameters of W. */
function addTransition(
  row: Float64Array,
  { W, state, i, orthogonal }: { W: number[][]; state: number[]; i: number; orthogonal: boolean },
): void {
  const n = W.length;
  if (!orthogonal) {
    for (let j = 0; j < n; j++) row[i * n + j]! += state[j]!;
    return;
  }
  let p = 0;
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) row[p++]! += W[i]![a]! * state[b]! - W[i]![b]! * state[a]!;
  }
}

function combine(weights: readonly number[], rows: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const [j, weight] of weights.entries()) {
    const row = rows[j]!;
    for (let p = 0; p < length; p++) sum[p]! += weight * row[p]!;
  }
  return sum;
}

function unitRow(length: number, index: number): Float64Array {
  const row = new Float64Array(length);
  row[index] = 1;
  return row;
}
