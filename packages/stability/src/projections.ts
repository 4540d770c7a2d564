import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { StabilityError } from './errors.js';
import { type LSTMWeights, splitGates, toGateFunction } from './lstm-gates.js';
import { checkNumber, type MatrixLike, toMatrix } from './matrix.js';

/**
 * The nearest matrix (Frobenius norm) with ‖W‖₂ ≤ bound: singular values above it are clipped. The projection of Miller
 * and Hardt (ICLR 2019) for linear and vanilla models.
 *
 * @throws StabilityError when W is bad or the bound is negative.
 */
export function clipSingularValues(W: MatrixLike, bound: number): number[][] {
  const where = 'clipSingularValues';
  const w = toMatrix(where, 'W', W);
  checkNumber(where, 'bound', bound, { least: 0 });
  const wide = w.rows < w.columns;
  const svd = new SingularValueDecomposition(wide ? w.transpose() : w);
  const values = svd.diagonal;
  if (values[0]! <= bound) return w.to2DArray();
  const left = svd.leftSingularVectors.clone().mulRowVector(values.map((value) => Math.min(value, bound)));
  const clipped = left.mmul(svd.rightSingularVectors.transpose());
  return (wide ? clipped.transpose() : clipped).to2DArray();
}

/**
 * The nearest matrix (Frobenius norm) with ‖W‖∞ ≤ radius: every *row* is projected onto the l1-ball, by the
 * soft threshold of Duchi et al. (ICML 2008). Rows inside are returned as they are.
 *
 * @throws StabilityError when W is bad or the radius is negative.
 */
export function projectRowsToL1Ball(W: MatrixLike, radius: number): number[][] {
  const where = 'projectRowsToL1Ball';
  checkNumber(where, 'radius', radius, { least: 0 });
  return toMatrix(where, 'W', W)
    .to2DArray()
    .map((row) => projectToL1Ball(row, radius));
}

function projectToL1Ball(row: readonly number[], radius: number): number[] {
  const sizes = row.map(Math.abs).sort((a, b) => b - a);
  if (sizes.reduce((sum, x) => sum + x, 0) <= radius) return [...row];
  let sum = 0;
  let threshold = 0;
  for (const [k, size] of sizes.entries()) {
    sum += size;
    const candidate = (sum - radius) / (k + 1);
    if (candidate >= size) break;
    threshold = candidate;
  }
  return row.map((x) => Math.sign(x) * Math.max(0, Math.abs(x) - threshold));
}

/** LSTM weights in tf.layers layout, as plain arrays. */
export interface ProjectedLSTM {
  readonly kernel: number[][];
  readonly recurrentKernel: number[][];
  readonly bias: number[];
}

/**
 * Puts an LSTM on the stable set: with φ = `forgetBound`, rows of W_i and W_o onto the l1-ball of radius 1 - φ, of W_c
 * (1 - φ)/4, of W_f (1 - φ)², and U_f and b_f so small that the forget gates stay below φ for inputs up to `inputBound`.
 * Radii are shrunk by `slack`, since the conditions are strict. Other weights are left alone.
 *
 * @param options.forgetBound φ in (1/2, 1), large enough that σ⁻¹(φ) > (1 - φ)²; a larger one forgets less.
 * @throws StabilityError when a shape is not an LSTM's or an option is out of range.
 */
export function projectLSTM({
  inputBound,
  forgetBound = 0.64,
  slack = 1e-6,
  recurrentActivation = 'sigmoid',
  ...weights
}: LSTMWeights & { inputBound: number; forgetBound?: number; slack?: number }): ProjectedLSTM {
  const where = 'projectLSTM';
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  checkNumber(where, 'forgetBound', forgetBound, { above: 0.5, most: 1 - 1e-6 });
  checkNumber(where, 'slack', slack, { above: 0, most: 0.5 });
  const room = 1 - forgetBound;
  const reach = toGateFunction(where, recurrentActivation).inverse(forgetBound) - room * room;
  if (reach <= 0) {
    const fix = 'Choose 0.56 or more.';
    throw new StabilityError(where, 'forgetBound φ with σ⁻¹(φ) > (1-φ)²', String(forgetBound), fix);
  }
  const { i, f, c, o } = splitGates(where, weights);
  const shrink = 1 - slack;
  const biasSize = Math.max(...f.b.map(Math.abs));
  const biasBound = Math.min(biasSize, reach / 2);
  const inputRadius = inputBound === 0 ? Infinity : (shrink * (reach - biasBound)) / inputBound;
  const forgetU = inputRadius === Infinity ? f.U : projectRowsToL1Ball(f.U, inputRadius);
  const recurrent = [
    projectRowsToL1Ball(i.W, shrink * room),
    projectRowsToL1Ball(f.W, shrink * room * room),
    projectRowsToL1Ball(c.W, (shrink * room) / 4),
    projectRowsToL1Ball(o.W, shrink * room),
  ];
  return {
    kernel: columns([i.U, forgetU, c.U, o.U]),
    recurrentKernel: columns(recurrent),
    bias: [i.b, f.b.map((x) => Math.sign(x) * Math.min(Math.abs(x), biasBound)), c.b, o.b].flat(),
  };
}

/** Papers' gate matrices, transposed and laid side by side as tf.layers has them. */
const columns = (gates: readonly number[][][]): number[][] =>
  new Matrix(gates.flat()).transpose().to2DArray();
