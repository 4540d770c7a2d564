import * as tf from '@tensorflow/tfjs-core';
import type { Batch, Stage } from './stage.js';

export interface StepResult {
  loss: number;
  /** Samples that came out right, where the stage counts them. */
  correct?: number;
}

/** One step of gradient descent on one batch; the batch's tensors are disposed of. */
export async function trainingStep(
  stage: Stage,
  optimizer: tf.Optimizer,
  { batch, clipNorm }: { batch: Batch; clipNorm?: number },
): Promise<StepResult> {
  const variables = stage.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const [loss, correct] = tf.tidy(() => {
    let right: tf.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const outputs = stage.model.apply(batch.inputs, { training: true }) as tf.Tensor;
      right = stage.correct === undefined ? undefined : tf.keep(stage.correct(outputs, batch.targets));
      return stage.loss(outputs, batch.targets);
    }, variables);
    optimizer.applyGradients(clipNorm === undefined ? grads : clipByGlobalNorm(grads, clipNorm));
    return [value, right];
  });
  const result: StepResult = { loss: (await loss.data())[0] as number };
  if (correct !== undefined) result.correct = (await correct.data())[0] as number;
  tf.dispose(
    [loss, correct, batch.inputs, batch.targets].filter((item) => item !== undefined) as tf.Tensor[],
  );
  return result;
}

/** Scales all gradients by one factor so that their joint 2-norm is at most `bound`. */
function clipByGlobalNorm(grads: tf.NamedTensorMap, bound: number): tf.NamedTensorMap {
  const squares = Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)));
  const factor = tf.minimum(1, tf.div(bound, tf.sqrt(tf.addN(squares))));
  return Object.fromEntries(
    Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
  );
}
