import * as tf from '@tensorflow/tfjs-core';
import { NotDifferentiableError } from './errors.js';

/** Runs a host projection so that a gradient through it is refused, where tfjs would silently leave its path out. */
export function projection(
  where: string,
  M: tf.Tensor2D,
  project: (M: tf.Tensor2D) => tf.Tensor2D,
): tf.Tensor2D {
  return tf.customGrad((x) => ({
    value: project(x as tf.Tensor2D),
    gradFunc: () => {
      const fix = 'Apply it to the weights after a training step.';
      throw new NotDifferentiableError(
        where,
        'a call outside of gradients',
        'a gradient through a projection',
        fix,
      );
    },
  }))(M) as tf.Tensor2D;
}
