import * as tf from '@tensorflow/tfjs-core';

/** Sum over a batch of the cross-entropy of logits [..., classes] against labels [...]. */
export function crossEntropySum(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const classes = logits.shape.at(-1) as number;
  // Cast afterwards: on wasm, oneHot writes integers whatever its dtype says.
  const chosen = tf.cast(tf.oneHot(tf.cast(labels, 'int32'), classes), 'float32');
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), chosen))) as tf.Scalar;
}

/** How many labels have the largest logit. */
export function correctCount(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  return tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), tf.cast(labels, 'int32')), 'float32')) as tf.Scalar;
}

/** Sum over a batch of squared differences; the outputs may have a last axis of length 1 more. */
export function squaredErrorSum(outputs: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.sum(tf.squaredDifference(tf.reshape(outputs, targets.shape), targets)) as tf.Scalar;
}
