import { described } from '@hurwitz/input';
import * as tf from '@tensorflow/tfjs-core';
import { Matrix } from 'ml-matrix';
import { NotInImageError, ParameterisationError } from './errors.js';
import { type MatrixLike, readMatrix, toTensor } from './host-matrix.js';
import { nearestOrthogonal } from './nearest-orthogonal.js';
import { normal } from './random.js';
import { checkMatrix, checkOptions, checkTolerance, checkUnits } from './validate.js';

/** Rows and columns of each factor. */
export type FactorShapes = readonly (readonly [rows: number, columns: number])[];

function forward(factors: readonly tf.Tensor2D[]): tf.Tensor2D {
  checkCount('kronecker', factors);
  factors.forEach((factor, i) => {
    checkMatrix('kronecker', factor, { square: false, name: `factors[${i}]` });
  });
  return tf.tidy(() =>
    factors.reduce((product, factor) => pair(product, factor), tf.ones([1, 1]) as tf.Tensor2D),
  );
}

function pair(A: tf.Tensor2D, B: tf.Tensor2D): tf.Tensor2D {
  const [p, q] = A.shape;
  const [r, s] = B.shape;
  return tf.reshape(tf.mul(tf.reshape(A, [p, 1, q, 1]), tf.reshape(B, [1, r, 1, s])), [p * r, q * s]);
}

/** Free parameters of factors of these shapes: the sum of rows times columns. */
function parameterCount(options: { shapes: FactorShapes }): number {
  const where = 'kronecker.parameterCount';
  checkOptions(where, options, { shapes: true });
  const { shapes } = options;
  checkShapes(where, shapes);
  return shapes.reduce((sum, [rows, columns]) => sum + rows * columns, 0);
}

/**
 * Factors of the given shapes whose Kronecker product is W. They are unique up to scales: here every factor but the
 * first has Frobenius norm √min(rows, columns), as an orthogonal one has, and a positive largest entry.
 *
 * Throws `NotInImageError` when no such factors give W within `tolerance` times its largest entry.
 */
function inverse(matrix: MatrixLike, options: { shapes: FactorShapes; tolerance?: number }): tf.Tensor2D[] {
  const { factors, defect, limit, shapes } = factorise('kronecker.inverse', matrix, options);
  if (defect > limit) {
    const expected = `a Kronecker product of [${shapes.join('] x [')}] within ${limit}`;
    throw new NotInImageError(
      'kronecker.inverse',
      expected,
      `one off by ${defect}`,
      'Check the shapes and their order.',
    );
  }
  return factors.map(toTensor);
}

/** Whether W is a Kronecker product of factors of these shapes, within `tolerance` times its largest entry. */
function contains(matrix: MatrixLike, options: { shapes: FactorShapes; tolerance?: number }): boolean {
  const { defect, limit } = factorise('kronecker.contains', matrix, options);
  return defect <= limit;
}

/**
 * Factors drawn uniformly (Haar) from the orthogonal matrices, semi-orthogonal where a shape is not square; their
 * product is then orthogonal too. The same seed gives the same numbers on every backend.
 */
function sample(options: { shapes: FactorShapes; seed?: number }): tf.Tensor2D[] {
  const where = 'kronecker.sample';
  checkOptions(where, options, { shapes: true, seed: true });
  const { shapes, seed } = options;
  checkShapes(where, shapes);
  return tf.tidy(() => {
    // One stream for all factors: seeds a step apart must not share a factor.
    const draws = normal(where, [parameterCount({ shapes })], { seed });
    let start = 0;
    return shapes.map(([rows, columns]) => {
      const draw = tf.slice(draws, start, rows * columns);
      start += rows * columns;
      return nearestOrthogonal(tf.reshape(draw, [rows, columns]));
    });
  });
}

/** Peels factors off from the left, and measures how far their product is from the matrix. */
function factorise(where: string, matrix: MatrixLike, options: { shapes: FactorShapes; tolerance?: number }) {
  checkOptions(where, options, { shapes: true, tolerance: true });
  const { shapes, tolerance = 1e-4 } = options;
  checkShapes(where, shapes);
  checkTolerance(where, tolerance);
  const W = readMatrix(where, matrix);
  const rows = shapes.reduce((product, shape) => product * shape[0], 1);
  const columns = shapes.reduce((product, shape) => product * shape[1], 1);
  if (W.rows !== rows || W.columns !== columns) {
    const expected = `a matrix [${rows}, ${columns}], as the shapes multiply to`;
    throw new ParameterisationError(where, expected, `[${W.rows}, ${W.columns}]`, 'Check the shapes.');
  }
  const factors: Matrix[] = [];
  // Blocks are compared by norms: at size 1 their squares neither overflow nor vanish.
  const largest = W.clone().abs().max();
  let rest = Matrix.div(W, largest || 1);
  for (const shape of shapes.slice(0, -1)) {
    const split = peel(rest, shape);
    factors.push(split.left);
    rest = split.right;
  }
  factors.push(rest);
  normaliseScales(factors);
  factors[0]!.mul(largest);
  const product = factors.reduce((left, right) => left.kroneckerProduct(right));
  return { factors, defect: Matrix.sub(product, W).abs().max(), limit: tolerance * largest, shapes };
}

/** M = left ⊗ right when M is one: right is M's largest block, left the ratio of every block to it. */
function peel(M: Matrix, [rows, columns]: readonly [number, number]): { left: Matrix; right: Matrix } {
  const height = M.rows / rows;
  const width = M.columns / columns;
  const block = (i: number, j: number) =>
    M.subMatrix(i * height, (i + 1) * height - 1, j * width, (j + 1) * width - 1);
  let right = block(0, 0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (block(i, j).norm() > right.norm()) right = block(i, j);
  }
  const square = right.dot(right) || 1;
  const left = new Matrix(rows, columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) left.set(i, j, block(i, j).dot(right) / square);
  return { left, right };
}

function normaliseScales(factors: Matrix[]): void {
  for (const factor of factors.slice(1)) {
    const [row, column] = factor.clone().abs().maxIndex() as [number, number];
    const scale =
      (Math.sign(factor.get(row, column)) * factor.norm()) / Math.sqrt(Math.min(factor.rows, factor.columns));
    if (scale === 0) continue;
    factor.mul(1 / scale);
    factors[0]!.mul(scale);
  }
}

function checkCount(where: string, factors: readonly unknown[]): void {
  if (!Array.isArray(factors) || factors.length === 0) {
    throw new ParameterisationError(
      where,
      'an array of at least one factor',
      described(factors),
      'Pass [A, B, ...].',
    );
  }
}

function checkShapes(where: string, shapes: FactorShapes): void {
  checkCount(where, shapes);
  for (const shape of shapes) {
    if (!Array.isArray(shape) || shape.length !== 2) {
      throw new ParameterisationError(
        where,
        'shapes, pairs [rows, columns]',
        described(shape),
        'Pass { shapes: [[2, 2], ...] }.',
      );
    }
    for (const size of shape) checkUnits(where, size);
  }
}

/**
 * The Kronecker product A ⊗ B ⊗ ... of the factors (tensors [pᵢ, qᵢ]), of shape [∏pᵢ, ∏qᵢ]. It is orthogonal when
 * every factor is; `softOrthogonalityPenalty` of each holds them near. Real factors only. Differentiable any number
 * of times; the values are not inspected.
 *
 * Verbs: `parameterCount`, `inverse`, `contains`, `sample`. Throws `ParameterisationError` for an empty list or a
 * factor that is not a matrix.
 *
 * Source: Jose, Cissé and Fleuret, Kronecker Recurrent Units, ICML 2018 (there with complex factors).
 */
export const kronecker = /* @__PURE__ */ Object.assign(forward, {
  parameterCount,
  inverse,
  contains,
  sample,
});
