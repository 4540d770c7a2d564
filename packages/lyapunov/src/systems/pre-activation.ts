import { LyapunovError } from '../errors.js';
import {
  assertInputLength,
  type MatrixLike,
  readMatrix,
  readVector,
  type VectorLike,
} from '../numeric-input.js';

/** Weights of a recurrent layer in tf.layers' layout: states and inputs are rows. */
export interface LayerWeights {
  /** [inputDim, gates * units] */
  kernel: MatrixLike;
  /** [units, gates * units] */
  recurrentKernel: MatrixLike;
  /** [gates * units]. Default zeros. */
  bias?: VectorLike;
}

/** The affine part of every gate, with the weights held by gate unit: row i of `recurrent` feeds gate unit i. */
export interface PreActivation {
  units: number;
  /** [gates * units][units], row-major: what multiplies a column vector. */
  recurrent: Float64Array;
  /** The weights as a network's description has them. */
  description: { units: number; inputDim: number; W: Float64Array; kernel: Float64Array; bias: Float64Array };
  /** z = recurrent h + kernelᵀ x + bias, into `out`. */
  affine(state: Float64Array, input: ArrayLike<number>, out: Float64Array): void;
  /** out_i = bias_i + (kernelᵀ x)_i for all gates. */
  drive(input: ArrayLike<number>, out: Float64Array): void;
}

/** Reads and checks the weights of a layer with `gates` gates. */
export function preActivation(weights: LayerWeights, gates: number, where: string): PreActivation {
  const kernel = readMatrix(weights?.kernel, 'kernel', where);
  const { data, rows: units, columns } = readMatrix(weights.recurrentKernel, 'recurrentKernel', where);
  if (columns !== gates * units || kernel.columns !== columns) {
    throw new LyapunovError(
      where,
      `kernel [inputDim, ${gates === 1 ? '' : `${gates} * `}units] and recurrentKernel [units, the same]`,
      `[${kernel.rows}, ${kernel.columns}] and [${units}, ${columns}]`,
      'Pass the weights in the layout of tf.layers.',
    );
  }
  const bias =
    weights.bias !== undefined ? readVector(weights.bias, 'bias', where, columns) : new Float64Array(columns);
  const recurrent = transpose(data, units, columns);
  const inputWeights = transpose(kernel.data, kernel.rows, columns);
  const inputSize = kernel.rows;

  const drive = (input: ArrayLike<number>, out: Float64Array) => {
    assertInputLength(input, { size: inputSize, where });
    for (let i = 0; i < columns; i++) {
      let sum = bias[i]!;
      for (let j = 0; j < inputSize; j++) sum += inputWeights[i * inputSize + j]! * input[j]!;
      out[i] = sum;
    }
  };
  const affine = (state: Float64Array, input: ArrayLike<number>, out: Float64Array) => {
    drive(input, out);
    for (let i = 0; i < columns; i++) {
      let sum = 0;
      for (let j = 0; j < units; j++) sum += recurrent[i * units + j]! * state[j]!;
      out[i]! += sum;
    }
  };
  const description = { units, inputDim: inputSize, W: recurrent, kernel: inputWeights, bias };
  return { units, recurrent, description, affine, drive };
}

/** The row-major transpose of a row-major matrix. */
export function transpose(data: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  }
  return out;
}
