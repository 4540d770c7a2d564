import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { ParameterisationError } from './errors.js';

/** A matrix that can be read on the host: rows of numbers, or a tensor of any tfjs instance. */
export type MatrixLike =
  | ArrayLike<ArrayLike<number>>
  | { readonly shape: readonly number[]; dataSync(): ArrayLike<number> };

/** The matrix in float64 on the host. Throws unless it is a non-empty rectangle of finite numbers. */
export function readMatrix(where: string, matrix: MatrixLike): Matrix {
  const rows = 'dataSync' in matrix ? matrix.shape[0] : matrix.length;
  const columns = 'dataSync' in matrix ? matrix.shape[1] : matrix[0]?.length;
  const flat =
    'dataSync' in matrix
      ? Array.from(matrix.dataSync())
      : Array.from(matrix, (row) => Array.from(row)).flat();
  const rectangle =
    'dataSync' in matrix
      ? matrix.shape.length === 2
      : Array.from(matrix).every((row) => row.length === columns);
  if (!rows || !columns || !rectangle) {
    throw new ParameterisationError(
      where,
      'a matrix [rows, columns]',
      'another shape',
      'Pass rows of equal length or a tensor of rank 2.',
    );
  }
  const bad = flat.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    const at = `${flat[bad]} at row ${Math.floor(bad / columns)}, column ${bad % columns}`;
    throw new ParameterisationError(
      where,
      'finite entries',
      at,
      'Look for a diverged training step before this call.',
    );
  }
  return Matrix.from1DArray(rows, columns, flat);
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
