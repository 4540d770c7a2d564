import * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { unusedKeys } from '../config/unread.js';
import { DivergenceError } from '../errors.js';
import type { Batch } from '../loop/learner.js';
import type { Stage } from '../loop/stage.js';
import type { StepResult } from '../loop/training-step.js';

/**
 * The error for a loss or a gradient that is no longer a finite number: where, the largest state on the batch that did
 * it, and what to try. The weights are still those that gave the loss.
 */
export function divergence(
  stage: Stage,
  batch: Batch,
  { step, loss, gradientNorm, config }: StepResult & { step: number; config: Config },
): DivergenceError {
  const { largest, time } = largestState(stage, batch);
  const what = Number.isFinite(loss) ? `norm of the gradient became ${gradientNorm}` : `loss became ${loss}`;
  return new DivergenceError(
    [
      `The ${what} at step ${step} of ${stage.name}.`,
      `The largest state on that batch is ${largest} (time step ${time}).`,
      `Try ${advice(config)}.`,
      'The last checkpoint before it is kept, if there is one.',
    ].join(' '),
  );
}

/** Only what this cell and task read. */
function advice(config: Config): string {
  const unused = unusedKeys(config);
  const ways = [
    'a smaller --learning-rate',
    '--clip-norm 1',
    ...(unused.includes('epsilon') ? [] : ['a smaller --epsilon']),
    ...(unused.includes('gammaA') ? [] : ['a larger --gamma-a']),
  ];
  return `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}`;
}

function largestState(stage: Stage, { inputs }: Batch): { largest: number; time: number } {
  const perTime = tf.tidy(() => tf.max(tf.abs(stage.states(inputs)), [0, 2]).dataSync());
  const overflow = perTime.findIndex((value) => !Number.isFinite(value));
  if (overflow >= 0) return { largest: Number.POSITIVE_INFINITY, time: overflow };
  const largest = Math.max(...perTime);
  return { largest, time: perTime.indexOf(largest) };
}
