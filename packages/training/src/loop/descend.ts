import type * as tf from '@tensorflow/tfjs-core';
import { DivergenceError } from '../errors.js';
import type { Hooks, Measured, Place } from './hooks.js';
import type { BatchSource, Learner } from './learner.js';
import { setLearningRate } from './optimizer.js';
import { isFiniteStep, type StepResult, trainingStep } from './training-step.js';

export interface Descent {
  optimizer: tf.Optimizer;
  epochs: number;
  /** Bound on the joint 2-norm of all gradients of a step. */
  clipNorm?: number;
  /** The learning rate in an epoch, from 0; that of the optimizer where it is left out. */
  learningRateAt?: (epoch: number) => number;
  hooks?: readonly Pick<Hooks, 'beforeStep' | 'afterStep' | 'afterEpoch'>[];
  /** Measures at the end of an epoch, which the place does not count yet, what the hooks are told after it. */
  measureEpoch?: (place: Readonly<Place>) => Promise<Measured>;
  /** What to do about a step whose loss or gradient is not finite, and which is not taken; it throws where it is left out. */
  onNonFinite?: (place: Readonly<Place>, result: StepResult) => 'skip' | 'stop';
}

export const startOfDescent = (): Place => ({ epoch: 0, batch: 0, step: 0 });

/**
 * The one training loop: gradient descent over the batches of every epoch, from a place on, which it moves in place. Batches,
 * weights and hooks decide everything, so that descending again from a place, with the weights and the optimizer as they were
 * there, gives the same bits.
 *
 * @returns whether it came to its end: false where `onNonFinite` stopped it.
 * @throws DivergenceError when a loss or its gradient is not finite and nothing else is said of that.
 */
export async function descend(
  learner: Learner & BatchSource,
  descent: Descent,
  place: Place = startOfDescent(),
): Promise<boolean> {
  const { optimizer, epochs, clipNorm, learningRateAt, hooks = [], onNonFinite = diverge } = descent;
  while (place.epoch < epochs) {
    if (learningRateAt !== undefined) setLearningRate(optimizer, learningRateAt(place.epoch));
    if (place.batch === 0) learner.carried?.reset();
    while (place.batch < learner.batchesPerEpoch) {
      for (const hook of hooks) await hook.beforeStep?.(place);
      const batch = learner.batch(place.epoch, place.batch);
      const result = await trainingStep(learner, optimizer, { batch, clipNorm });
      const finite = isFiniteStep(result);
      if (!finite && onNonFinite(place, result) === 'stop') return false;
      place.batch += 1;
      place.step += 1;
      if (finite) for (const hook of hooks) await hook.afterStep?.(place, result);
    }
    const measured = (await descent.measureEpoch?.(place)) ?? {};
    place.epoch += 1;
    place.batch = 0;
    for (const hook of hooks) await hook.afterEpoch?.(place, measured);
  }
  return true;
}

function diverge({ step }: Readonly<Place>, { loss, gradientNorm }: StepResult): never {
  const what = Number.isFinite(loss) ? `norm of the gradient became ${gradientNorm}` : `loss became ${loss}`;
  throw new DivergenceError(
    `The ${what} at step ${step + 1}. Take a smaller learning rate, or bound the gradient with clipNorm.`,
  );
}
