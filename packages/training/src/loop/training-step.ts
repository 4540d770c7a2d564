import * as tf from '@tensorflow/tfjs-core';
import { type Batch, type Learner, lossOf, trainableWeights } from './learner.js';

export interface StepResult {
  loss: number;
  /** Joint 2-norm of all gradients, before clipping. */
  gradientNorm: number;
  /** Sequences of the batch. */
  samples: number;
  /** Those of them that came out right, where the learner counts them. */
  correct?: number;
}

/** Whether a step can be taken: from any other one no number of the model would come back. */
export function isFiniteStep({ loss, gradientNorm }: StepResult): boolean {
  return Number.isFinite(loss) && Number.isFinite(gradientNorm);
}

/**
 * One step of gradient descent on one batch; the batch's tensors are disposed of. The weights stay as they are where
 * the loss or its gradient is not finite.
 */
export async function trainingStep(
  learner: Learner,
  optimizer: tf.Optimizer,
  { batch, clipNorm }: { batch: Batch; clipNorm?: number },
): Promise<StepResult> {
  const samples = batch.targets.shape[0] ?? 1;
  const { figures, grads } = tf.tidy(() => {
    let correct: tf.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const of = lossOf(learner, batch);
      correct = of.correct === undefined ? undefined : tf.keep(of.correct);
      return of.loss;
    }, trainableWeights(learner));
    const norm = tf.sqrt(tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))));
    // One tensor, so that one read is all the step waits for.
    const stacked = tf.stack([value, norm, ...(correct === undefined ? [] : [correct])]);
    correct?.dispose();
    return { figures: stacked, grads };
  });
  const [loss, gradientNorm, correct] = (await figures.data()) as unknown as [number, number, number?];
  const result: StepResult = { loss, gradientNorm, samples, ...(correct !== undefined && { correct }) };
  if (isFiniteStep(result)) {
    tf.tidy(() => optimizer.applyGradients(clipped(grads, { gradientNorm, clipNorm })));
  }
  tf.dispose([figures, grads, batch.inputs, batch.targets]);
  return result;
}

/** All gradients scaled by one factor so that their joint 2-norm is at most `clipNorm`. */
function clipped(
  grads: tf.NamedTensorMap,
  { gradientNorm, clipNorm = Number.POSITIVE_INFINITY }: { gradientNorm: number; clipNorm?: number },
): tf.NamedTensorMap {
  if (gradientNorm <= clipNorm) return grads;
  const factor = clipNorm / gradientNorm;
  return Object.fromEntries(
    Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
  );
}
