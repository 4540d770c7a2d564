import { described, type MatrixLike } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { ParameterisationError } from './errors.js';

export type { MatrixLike };

/** The matrix in float64 on the host. Throws unless it is a non-empty rectangle of finite numbers. */
export function readMatrix(where: string, matrix: MatrixLike): Matrix {
  const { rows, columns, flat } = entries(where, matrix);
  if (!rows || !columns || flat.length !== rows * columns) {
    throw new ParameterisationError(
      where,
      'a matrix [rows, columns]',
      'another shape',
      'Pass rows of equal length or a tensor of rank 2.',
    );
  }
  const bad = flat.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    const at = `${described(flat[bad])} at row ${Math.floor(bad / columns)}, column ${bad % columns}`;
    throw new ParameterisationError(
      where,
      'finite entries',
      at,
      'Look for a diverged training step before this call.',
    );
  }
  return Matrix.from1DArray(rows, columns, flat);
}

/** The shape of a matrix and its entries, which are fewer or more than the shape has where rows differ in length. */
function entries(where: string, matrix: MatrixLike): { rows?: number; columns?: number; flat: number[] } {
  const expected = 'a matrix, as rows of numbers or a tensor';
  if (typeof matrix !== 'object' || matrix === null) {
    throw new ParameterisationError(where, expected, described(matrix), 'Pass one matrix.');
  }
  if (!('dataSync' in matrix)) {
    const read = Array.from(matrix, (row) => Array.from(row ?? []));
    const columns = read[0]?.length;
    const flat = read.every((row) => row.length === columns) ? read.flat() : [];
    return { rows: read.length, columns, flat };
  }
  try {
    const [rows, columns, ...rest] = matrix.shape;
    return { rows, columns, flat: rest.length === 0 ? Array.from(matrix.dataSync()) : [] };
  } catch (error) {
    const fix = 'Pass a tensor that has not been disposed of.';
    throw new ParameterisationError(where, expected, (error as Error).message, fix);
  }
}

/** As `readMatrix`, and throws unless the matrix is square. */
export function readSquare(where: string, matrix: MatrixLike): Matrix {
  const M = readMatrix(where, matrix);
  if (M.rows !== M.columns) {
    throw new ParameterisationError(
      where,
      'a square matrix',
      `[${M.rows}, ${M.columns}]`,
      'Pass one square matrix.',
    );
  }
  return M;
}

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
