import { preActivation } from '@hurwitz/network';
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

/** Where each group of parameters begins, and how W moves. */
type Layout = ReturnType<typeof layoutOf>;

/** h, and dh/dθ unit by unit for every parameter before the readout. */
interface Sensitivity {
  readonly state: number[];
  readonly tangent: Float64Array[];
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
  const layout = layoutOf(network, orthogonal);
  const state = network.initialState;
  const start = { state, tangent: state.map((_, i) => unitRow(layout.readout, layout.initialState + i)) };
  const residual: number[] = [];
  const rows: Float64Array[] = [];
  for (const [s, x] of sequences.entries()) {
    let now: Sensitivity = start;
    for (const [t, input] of x.entries()) {
      now = step(network, now, { input, layout });
      for (const [o, value] of outputOf(network, now.state).entries()) {
        residual.push(value - wanted[s]![t]![o]!);
        rows.push(outputSlopes(network, now, { output: o, layout }));
      }
    }
  }
  const cost = residual.reduce((sum, entry) => sum + entry * entry, 0);
  return { residual, jacobian: new Matrix(rows), cost: Number.isFinite(cost) ? cost : Infinity };
}

function layoutOf({ W, kernel: inputs, readout: outputs }: Network, orthogonal: boolean) {
  const n = W.length;
  const kernel = orthogonal ? (n * (n - 1)) / 2 : n * n;
  const bias = kernel + inputs.length * n;
  const initialState = bias + n;
  const readout = initialState + n;
  return { orthogonal, kernel, bias, initialState, readout, end: readout + n * outputs[0]!.length };
}

function step(
  network: Network,
  { state, tangent }: Sensitivity,
  { input, layout }: { input: number[]; layout: Layout },
): Sensitivity {
  const { W, sigma } = network;
  const z = preActivation(network, state, input);
  const next = W.map((row) => combine(row, tangent, layout.readout));
  for (const [i, row] of next.entries()) {
    addTransition(row, { W, state, i, orthogonal: layout.orthogonal });
    for (const [p, entry] of input.entries()) row[layout.kernel + p * W.length + i]! += entry;
    row[layout.bias + i]! += 1;
    const slope = sigma.derivative(z[i]!);
    for (let p = 0; p < row.length; p++) row[p]! *= slope;
  }
  return { state: z.map((value) => sigma.value(value)), tangent: next };
}

/** The derivatives of one output. */
function outputSlopes(
  { readout }: Network,
  { state, tangent }: Sensitivity,
  { output, layout }: { output: number; layout: Layout },
): Float64Array {
  const row = new Float64Array(layout.end);
  const weights = readout.map((each) => each[output]!);
  row.set(combine(weights, tangent, layout.readout));
  for (const [i, entry] of state.entries()) row[layout.readout + i * readout[0]!.length + output] = entry;
  return row;
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
