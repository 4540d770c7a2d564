import * as tf from '@tensorflow/tfjs-core';

/**
 * The skew-symmetric matrix U - Uᵀ [units, units] whose strict upper triangle U holds v [units(units-1)/2] row by row.
 * Differentiable any number of times.
 */
export function skew(v: tf.Tensor1D, units: number): tf.Tensor2D {
  return tf.tidy(() => {
    const U = fromTriangle(v, units);
    return tf.sub(U, tf.transpose(U)) as tf.Tensor2D;
  });
}

// The two maps below are each other's adjoint, so each is the other's gradient. A plain tf.gather would ask for
// UnsortedSegmentSum in its gradient: the wasm backend lacks it, and the cpu one takes time in units to the fourth.

/** v to the matrix with v in its strict upper triangle and zeros elsewhere. */
function fromTriangle(v: tf.Tensor1D, units: number): tf.Tensor2D {
  return tf.customGrad((x) => ({
    value: tf.tidy(() => {
      if (units === 1) return tf.zeros([1, 1]);
      const source = tf.concat([tf.zeros([1]), x as tf.Tensor1D]);
      const position = new Int32Array(units * units);
      for (let i = 0, k = 1; i < units; i++)
        for (let j = i + 1; j < units; j++) position[i * units + j] = k++;
      return tf.reshape(tf.gather(source, tf.tensor1d(position, 'int32')), [units, units]);
    }),
    gradFunc: (dy) => toTriangle(dy as tf.Tensor2D, units),
  }))(v) as tf.Tensor2D;
}

/** The strict upper triangle of M, row by row. */
function toTriangle(M: tf.Tensor2D, units: number): tf.Tensor1D {
  return tf.customGrad((x) => ({
    value: tf.tidy(() => {
      if (units === 1) return tf.zeros([0]);
      const position = new Int32Array((units * (units - 1)) / 2);
      for (let i = 0, k = 0; i < units; i++)
        for (let j = i + 1; j < units; j++) position[k++] = i * units + j;
      return tf.gather(tf.reshape(x as tf.Tensor2D, [-1]), tf.tensor1d(position, 'int32'));
    }),
    gradFunc: (dy) => fromTriangle(dy as tf.Tensor1D, units),
  }))(M) as tf.Tensor1D;
}
