import * as tf from '@tensorflow/tfjs-core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { NotDifferentiableError, NotInImageError, ParameterisationError } from './errors.js';
import { type MatrixLike, readMatrix, readSquare, toTensor } from './host-matrix.js';
import { product } from './product.js';
import { normal } from './random.js';
import { rightSingular } from './right-singular.js';
import {
  checkMapOptions,
  checkMatrix,
  checkNumber,
  checkOptions,
  checkTolerance,
  checkUnits,
} from './validate.js';

function forward(A: tf.Tensor2D, options: { epsilon?: number } = {}): tf.Tensor2D {
  checkMapOptions('contractive', options, { epsilon: true });
  const { epsilon = 0.01 } = options;
  checkMatrix('contractive', A, { name: 'A' });
  checkEpsilon('contractive', epsilon);
  return tf.tidy(() => {
    const near = nearOne(A);
    const scaled = tf.div(near, spectralNorm(near)) as tf.Tensor2D;
    return tf.sub(tf.eye(A.shape[0]), tf.mul(product(tf.transpose(scaled), scaled), epsilon)) as tf.Tensor2D;
  });
}

/** A times a power of 2, which the result does not depend on, where its norm would be out of float32's reach. */
function nearOne(A: tf.Tensor2D): tf.Tensor2D {
  const largest = readMatrix('contractive', A).abs().max();
  if (largest === 0 || (largest > 1e-30 && largest < 1e30)) return A;
  return tf.mul(A, 2 ** (largest < 1 ? 100 : -100)) as tf.Tensor2D;
}

/** ‖A‖₂ with the gradient u xᵀ of its dominant singular pair, from a float64 decomposition on the host. */
function spectralNorm(A: tf.Tensor2D): tf.Scalar {
  return tf.customGrad((a) => {
    const { sigma, u, x } = dominantPair(a as tf.Tensor2D);
    return {
      value: tf.scalar(sigma),
      gradFunc: (dy) =>
        onceDifferentiable(dy as tf.Scalar, { a: a as tf.Tensor2D, gradient: u.mmul(x.transpose()) }),
    };
  })(A) as tf.Scalar;
}

/** dy times a gradient that depends on `a`, without a derivative of its own: refuses where tfjs would drop the term. */
function onceDifferentiable(
  dy: tf.Scalar,
  { a, gradient }: { a: tf.Tensor2D; gradient: Matrix },
): tf.Tensor2D {
  return tf.customGrad((scale) => ({
    value: tf.tidy(() => tf.mul(scale as tf.Tensor, toTensor(gradient))),
    gradFunc: () => {
      throw new NotDifferentiableError(
        'contractive',
        'a first derivative',
        'a second one',
        'Differentiate once.',
      );
    },
  }))(dy, a) as tf.Tensor2D;
}

function dominantPair(A: tf.Tensor2D): { sigma: number; u: Matrix; x: Matrix } {
  const host = readMatrix('contractive', A);
  const { vectors, values } = rightSingular(host);
  const sigma = values.at(-1)!;
  if (!(sigma > 0)) {
    const expected = 'A with an entry other than 0';
    throw new ParameterisationError('contractive', expected, 'the zero matrix', 'Initialise A at random.');
  }
  const x = vectors.getColumnVector(vectors.columns - 1);
  return { sigma, u: host.mmul(x).mul(1 / sigma), x };
}

/** Free parameters of a `units` by `units` matrix: units². */
function parameterCount(options: { units: number }): number {
  const where = 'contractive.parameterCount';
  checkOptions(where, options, { units: true });
  const { units } = options;
  checkUnits(where, units);
  return units * units;
}

/**
 * An A [units, units] that `contractive` turns into the given W: the symmetric one of norm 1. (A times any scale, or
 * times any orthogonal matrix from the left, gives the same W.)
 *
 * Throws `NotInImageError` when W is not symmetric, or its eigenvalues do not lie in [1-ε, 1] with 1-ε among them,
 * both within `tolerance` times ε.
 */
function inverse(matrix: MatrixLike, options: { epsilon?: number; tolerance?: number } = {}): tf.Tensor2D {
  const found = normalised('contractive.inverse', matrix, options);
  const { vectors, squares, defect, epsilon, tolerance } = found;
  if (defect > tolerance) {
    const expected = `a symmetric matrix with eigenvalues from ${1 - epsilon} (reached) to 1`;
    const got = `one off by ${defect} epsilon`;
    throw new NotInImageError(
      'contractive.inverse',
      expected,
      got,
      'Pass the epsilon that the matrix was made with.',
    );
  }
  const roots = squares.map((square) => Math.sqrt(Math.max(square, 0)));
  return toTensor(vectors.clone().mulRowVector(roots).mmul(vectors.transpose()));
}

/** Whether W is symmetric with eigenvalues in [1-ε, 1] and 1-ε among them, within `tolerance` times ε. */
function contains(matrix: MatrixLike, options: { epsilon?: number; tolerance?: number } = {}): boolean {
  const { defect, tolerance } = normalised('contractive.contains', matrix, options);
  return defect <= tolerance;
}

/** A [units, units] with standard normal entries (its scale has no effect). The same seed gives the same numbers. */
function sample(options: { units: number; seed?: number }): tf.Tensor2D {
  const where = 'contractive.sample';
  checkOptions(where, options, { units: true, seed: true });
  const { units, seed } = options;
  checkUnits(where, units);
  return normal(where, [units, units], { seed });
}

/** Eigenvectors and eigenvalues of (I-W)/ε, which would be AᵀA/‖A‖², and how far it is from being one. */
function normalised(where: string, matrix: MatrixLike, options: { epsilon?: number; tolerance?: number }) {
  checkOptions(where, options, { epsilon: true, tolerance: true });
  const { epsilon = 0.01, tolerance = 1e-3 } = options;
  checkEpsilon(where, epsilon);
  checkTolerance(where, tolerance);
  const W = readSquare(where, matrix);
  const gram = Matrix.sub(Matrix.eye(W.rows), W).mul(1 / epsilon);
  const transposed = gram.transpose();
  const asymmetry = Matrix.sub(gram, transposed).abs().max();
  const evd = new EigenvalueDecomposition(gram.add(transposed).mul(0.5), { assumeSymmetric: true });
  const squares = evd.realEigenvalues;
  const defect = Math.max(asymmetry, -Math.min(...squares), Math.abs(Math.max(...squares) - 1));
  return { vectors: evd.eigenvectorMatrix, squares, defect, epsilon, tolerance };
}

function checkEpsilon(where: string, epsilon: number): void {
  checkNumber(where, 'epsilon', epsilon, { range: 'a number in (0, 2)', within: (x) => x > 0 && x < 2 });
}

/**
 * The contractive matrix I - ε AᵀA/‖A‖₂² [units, units] of A [units, units]: symmetric, with eigenvalues in [1-ε, 1],
 * and 1-ε always among them. Its norm is below 1 when A is invertible; the slowest mode decays by 1 - ε (s_min/s_max)²
 * a step, the fastest by 1-ε.
 *
 * The spectral norm is taken in float64 on the host, which reads A back: about 30 ms at 128 units. Where the two
 * largest singular values coincide the norm has no gradient, and one of its subgradients is used. Differentiable once;
 * a second derivative throws `NotDifferentiableError`.
 *
 * Verbs: `parameterCount`, `inverse`, `contains`, `sample`. Throws `ParameterisationError` when A is not square, zero
 * or not finite, or epsilon outside (0, 2).
 *
 * Source: Emami et al., Input-Output Equivalence of Unitary and Contractive RNNs, NeurIPS 2019, the synthetic experiment.
 */
export const contractive = /* @__PURE__ */ Object.assign(forward, {
  parameterCount,
  inverse,
  contains,
  sample,
});
