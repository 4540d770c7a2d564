import { type MatrixLike, matrixInput } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { ParameterisationError } from './errors.js';

export type { MatrixLike };

const reader = matrixInput(ParameterisationError);

/** The matrix in float64 on the host. Throws unless it is a non-empty rectangle of finite numbers. */
export const readMatrix = (where: string, matrix: MatrixLike): Matrix =>
  new Matrix(reader.toRows(where, 'the matrix', matrix));

/** As `readMatrix`, and throws unless the matrix is square. */
export const readSquare = (where: string, matrix: MatrixLike): Matrix =>
  new Matrix(reader.toSquareRows(where, 'the matrix', matrix));

/** The float32 tensor of a host matrix. */
export function toTensor(M: Matrix): tf.Tensor2D {
  return tf.tensor2d(Float32Array.from(M.to1DArray()), [M.rows, M.columns]);
}

/** The strict upper triangle row by row, as a float32 tensor: the free parameters of a skew matrix. */
export function triangleTensor(M: Matrix): tf.Tensor1D {
  const entries: number[] = [];
  for (let i = 0; i < M.rows; i++) for (let j = i + 1; j < M.columns; j++) entries.push(M.get(i, j));
  return tf.tensor1d(entries, 'float32');
}

/** Largest entry of |WᵀW - I|: how far the columns of W are from orthonormal. */
export function orthogonalityDefect(W: Matrix): number {
  return W.transpose().mmul(W).sub(Matrix.eye(W.columns)).abs().max();
}
