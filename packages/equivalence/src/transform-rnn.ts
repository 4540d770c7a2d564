import { conditionNumber, type MatrixLike } from '@hurwitz/stability';
import { inverse, Matrix } from 'ml-matrix';
import { EquivalenceError } from './errors.js';
import { toRows } from './numeric-input.js';
import { type Network, type RNNModel, toNetwork } from './rnn-model.js';

/** What T must be for σ(T z) = T σ(z) to hold. */
const commuting = {
  linear: 'any invertible matrix',
  relu: 'a permutation of the units with positive scales',
  tanh: 'a permutation of the units with signs',
  other: 'a permutation of the units',
};

/**
 * The same input-output map in other coordinates T h: (T W T⁻¹, T F, T b, C T⁻¹, T h₋₁), for T with σ(T z) = T σ(z).
 *
 * That is any invertible T for a linear network; one nonzero entry in each row and column otherwise: positive for ReLU,
 * ±1 for tanh, 1 for every other activation.
 *
 * @param T [units, units]
 * @throws EquivalenceError when T does not commute with the activation, is singular, a shape is wrong, or a
 * weight leaves the range of float64.
 */
export function transformRNN(model: RNNModel, T: MatrixLike): RNNModel {
  const where = 'transformRNN';
  const { W, kernel, bias, readout, initialState, activation } = toNetwork(where, model);
  const n = W.length;
  const t = toRows(where, 'T', T, { rows: n, columns: n });
  checkCommutes(where, t, activation);
  // Away from 'linear' T has one entry in each row and column, and is invertible at any scale.
  if (activation === 'linear' && conditionNumber(t) === Infinity) {
    throw new EquivalenceError(
      where,
      'an invertible T',
      'a singular one',
      'Its columns must be independent.',
    );
  }
  const forward = new Matrix(t);
  const back = inverse(forward);
  const turn = (v: number[]) => forward.mmul(Matrix.columnVector(v)).to1DArray();
  const weights = {
    W: forward.mmul(new Matrix(W)).mmul(back).to2DArray(),
    kernel: new Matrix(kernel).mmul(forward.transpose()).to2DArray(),
    bias: turn(bias),
    readout: back.transpose().mmul(new Matrix(readout)).to2DArray(),
    initialState: turn(initialState),
  };
  if (!Object.values(weights).flat(2).every(Number.isFinite)) {
    const fix = 'Choose scales that are closer together.';
    throw new EquivalenceError(where, 'weights within the range of float64', 'larger ones', fix);
  }
  return { ...weights, activation };
}

function checkCommutes(where: string, T: number[][], activation: Network['activation']): void {
  if (activation === 'linear') return;
  const kind = activation === 'relu' || activation === 'tanh' ? activation : 'other';
  const nonzero = (entries: number[]) => entries.filter((entry) => entry !== 0);
  const rows = T.map(nonzero);
  const columns = T.map((_, j) => nonzero(T.map((row) => row[j]!)));
  const allowed = (entry: number) =>
    kind === 'relu' ? entry > 0 : kind === 'tanh' ? Math.abs(entry) === 1 : entry === 1;
  if ([...rows, ...columns].every((entries) => entries.length === 1 && allowed(entries[0]!))) return;
  const fix = 'Other coordinates change the map of a nonlinear network.';
  throw new EquivalenceError(where, `T to be ${commuting[kind]}`, 'another matrix', fix);
}
