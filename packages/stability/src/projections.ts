import { Matrix } from 'ml-matrix';
import { StabilityError } from './errors.js';
import { exponentOf, timesPowerOfTwo } from './float64-range.js';
import { type LSTMWeights, lstmOptions, splitGates, toGateFunction } from './lstm-gates.js';
import { checkNumber, type MatrixLike, toMatrix } from './matrix.js';
import { checkOptions } from './options.js';
import { scaledSVD } from './singular-value-decomposition.js';

/**
 * The nearest matrix (Frobenius norm) with ‖W‖₂ ≤ bound: singular values above it are clipped. The projection of Miller
 * and Hardt (ICLR 2019) for linear and vanilla models. A matrix inside is returned as it is.
 *
 * @throws StabilityError when W is bad or the bound is negative.
 */
export function clipSingularValues(W: MatrixLike, bound: number): number[][] {
  const where = 'clipSingularValues';
  const w = toMatrix(where, 'W', W);
  checkNumber(where, 'bound', bound, { least: 0 });
  const { values, exponent, U, V } = scaledSVD(where, w, { vectors: true });
  const most = timesPowerOfTwo(bound, -exponent);
  if (values[0]! <= most) return w.to2DArray();
  const clipped = Array.from({ length: w.rows }, () => new Float64Array(w.columns));
  values.forEach((value, k) => {
    const size = Math.min(value, most);
    clipped.forEach((row, i) => {
      const factor = size * U![k]![i]!;
      for (let j = 0; j < row.length; j++) row[j]! += factor * V![k]![j]!;
    });
  });
  return clipped.map((row) => Array.from(row, (x) => timesPowerOfTwo(x, exponent)));
}

/**
 * The nearest matrix (Frobenius norm) with ‖W‖∞ ≤ radius: every *row* is projected onto the l1-ball, by the
 * soft threshold of Duchi et al. (ICML 2008). Rows inside are returned as they are; the others have l1-norm `radius` to
 * rounding, and no more than that.
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

/**
 * |xᵢ| - θ is worked out from how far |xᵢ| is below the largest, u₁: with gapᵢ = u₁ - uᵢ, the k largest stay, as long as
 * Σⱼ≤ₖ gapⱼ < radius + k gapₖ, and u₁ becomes (radius + Σⱼ≤ₖ gapⱼ)/k. A sum of the entries themselves would round the
 * radius away where they are large.
 */
function projectToL1Ball(row: readonly number[], radius: number): number[] {
  const sizes = row.map(Math.abs);
  if (exactSum(sizes) <= radius) return [...row];
  if (radius === 0) return row.map(() => 0);
  const largest = Math.max(...sizes);
  const exponent = exponentOf(radius); // what is far beyond the radius is not kept, so nothing here needs to be large
  const room = timesPowerOfTwo(radius, -exponent);
  const gaps = sizes.map((size) => timesPowerOfTwo(largest - size, -exponent));
  const add = exactSummation();
  let top = add(room);
  for (const [k, gap] of [...gaps].sort((a, b) => a - b).entries()) {
    if (k > 0 && gap >= top) break;
    top = add(gap) / (k + 1);
  }
  const projected = gaps.map((gap) => Math.max(0, top - gap));
  const sum = exactSum(projected);
  const shrink = sum > room ? room / sum : 1; // never above the radius
  return row.map((x, i) => {
    const size = timesPowerOfTwo(projected[i]! * shrink, exponent);
    return x < 0 && size > 0 ? -size : size;
  });
}

/** A running sum of numbers ≥ 0 with the rounding errors added up beside it (Neumaier 1974). */
function exactSummation(): (x: number) => number {
  let [sum, lost] = [0, 0];
  return (x) => {
    const next = sum + x;
    lost += sum >= x ? sum - next + x : x - next + sum;
    sum = next;
    return sum + lost;
  };
}

function exactSum(values: readonly number[]): number {
  const add = exactSummation();
  let sum = 0;
  for (const x of values) sum = add(x);
  return sum;
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
 * @param input.forgetBound φ in (1/2, 1), large enough that σ⁻¹(φ) > (1 - φ)²; a larger one forgets less.
 * @throws StabilityError when a shape is not an LSTM's or an option is out of range.
 */
export function projectLSTM(
  input: LSTMWeights & { inputBound: number; forgetBound?: number; slack?: number },
): ProjectedLSTM {
  const where = 'projectLSTM';
  checkOptions(where, input, {
    inputBound: true,
    forgetBound: true,
    slack: true,
    ...lstmOptions,
  });
  const { inputBound, forgetBound = 0.64, slack = 1e-6, recurrentActivation = 'sigmoid', ...weights } = input;
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
