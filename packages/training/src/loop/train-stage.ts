import { setImmediate as eventLoop } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import { Interrupted } from '../errors.js';
import type { Checkpoint, NamedArray } from '../run/checkpoint-file.js';
import type { MetricsEntry } from '../run/metrics-log.js';
import { type Descent, descend } from './descend.js';
import type { Hooks, Measured } from './hooks.js';
import type { BatchSource, Learner, Metrics } from './learner.js';
import { restoreOptimizer, saveOptimizer } from './optimizer-state.js';
import { emptySums, type Progress } from './progress.js';
import { joinArrays, splitArrays } from './saved-arrays.js';
import type { Judge } from './stage.js';
import { savedWeights, setWeights } from './weights.js';

/** Where a training keeps what survives it. */
export interface Store {
  saveCheckpoint(step: number, checkpoint: Checkpoint<Progress>): void;
  /** Adds a line to the metrics; returns its checksum. */
  log(entry: MetricsEntry): string;
}

export interface StageTraining
  extends Pick<Descent, 'optimizer' | 'epochs' | 'clipNorm' | 'learningRateAt' | 'onNonFinite'> {
  hooks: readonly Hooks[];
  store: Store;
  /** Steps between checkpoints; there is one after every epoch too. */
  checkpointEvery: number;
  /** Whether the test data are measured after every epoch too; no choice depends on them. */
  testEachEpoch?: boolean;
  /** Aborted to stop at a checkpoint. */
  signal?: AbortSignal;
  /** For people: what to do to go on after a stop. */
  goOn: string;
  /** Told at the end how many milliseconds the stage took in this process, and what was measured of them. */
  onEnd?: (times: StageTimes) => void;
}

export interface StageTimes {
  total: number;
  /** By what the hooks say that they measure. */
  measured: Record<string, number>;
}

/**
 * Trains one stage from where `progress` stands to its end, leaves the weights of its best epoch in the model, and returns its
 * test metrics. `progress` is moved on in place.
 *
 * @throws DivergenceError when the loss or its gradient is no longer finite, Interrupted after a stop by the signal.
 */
export async function trainStage(
  stage: Learner & BatchSource & Judge & { name: string },
  training: StageTraining,
  { progress, saved }: { progress: Progress; saved?: readonly NamedArray[] },
): Promise<Metrics> {
  const { optimizer, hooks, store, testEachEpoch = false } = training;
  const started = performance.now();
  const times: Record<string, number> = Object.fromEntries(
    hooks.flatMap(({ measures }) => (measures === undefined ? [] : [[measures, 0]])),
  );
  let best = saved === undefined ? [] : await restore(saved, stage, optimizer);

  const checkpoint = async (): Promise<void> => {
    const arrays = joinArrays({
      weights: savedWeights(stage),
      best,
      optimizer: await saveOptimizer(optimizer),
      carried: stage.carried?.save() ?? [],
    });
    store.saveCheckpoint(progress.step, { header: progress, arrays });
    for (const hook of hooks) await hook.afterCheckpoint?.(progress);
  };

  const sums: Hooks = {
    afterEpoch: () => {
      progress.sums = emptySums();
    },
    afterStep: (_, { loss, correct, samples }) => {
      progress.sums.loss += loss * samples;
      progress.sums.correct += correct ?? 0;
      progress.sums.samples += samples;
    },
  };

  const betweenSteps: Hooks = {
    async afterStep({ step }) {
      // Backends that compute on this thread never yield by themselves; signals and displays need the event loop.
      await eventLoop();
      if (training.signal?.aborted) {
        await checkpoint();
        throw new Interrupted(`Stopped at step ${step}. ${training.goOn}`);
      }
      if (step % training.checkpointEvery === 0) await checkpoint();
    },
  };

  const measureEpoch = async (): Promise<Measured> => {
    const metrics = await epochMetrics(stage, progress, { testToo: testEachEpoch });
    if (isBest(stage, progress, metrics)) best = savedWeights(stage);
    const measured: Measured = { ...metrics };
    for (const hook of hooks) {
      const from = performance.now();
      Object.assign(measured, await hook.measure?.(progress));
      if (hook.measures !== undefined) times[hook.measures]! += performance.now() - from;
    }
    const { epoch, step } = progress;
    progress.logged.push(store.log({ step, stage: stage.name, epoch, ...measured } as MetricsEntry));
    return measured;
  };

  const all = [sums, { afterEpoch: checkpoint }, ...hooks, betweenSteps];
  await descend(stage, { ...training, hooks: all, measureEpoch }, progress);
  training.onEnd?.({ total: performance.now() - started, measured: times });
  setWeights(stage, best);
  return stage.evaluate('test');
}

/** Sets a stage and its optimizer to a checkpoint; returns the weights of the best epoch so far. */
async function restore(
  saved: readonly NamedArray[],
  stage: Learner & BatchSource,
  optimizer: tf.Optimizer,
): Promise<NamedArray[]> {
  const { weights, best, optimizer: slots, carried } = splitArrays(saved);
  setWeights(stage, weights);
  await restoreOptimizer(optimizer, slots);
  stage.carried?.restore(carried);
  return best;
}

async function epochMetrics(
  stage: Learner & Judge,
  { sums }: Progress,
  { testToo }: { testToo: boolean },
): Promise<Metrics> {
  const metrics: Metrics = { loss: sums.loss / sums.samples };
  if ('model' in stage && stage.correct !== undefined) metrics['accuracy'] = sums.correct / sums.samples;
  for (const split of testToo ? (['validation', 'test'] as const) : (['validation'] as const)) {
    const held = Object.entries(await stage.evaluate(split));
    Object.assign(metrics, Object.fromEntries(held.map(([name, value]) => [`${split}_${name}`, value])));
  }
  return metrics;
}

/** Whether the epoch just ended is the best so far; then it is noted. */
function isBest({ select }: Judge, progress: Progress, metrics: Metrics): boolean {
  const value = metrics[`validation_${select.metric}`] as number;
  const { best } = progress;
  // An epoch whose validation overflowed is better than none, and worse than any other.
  const better =
    best === null ||
    !Number.isFinite(best.value) ||
    (select.better === 'larger' ? value > best.value : value < best.value);
  if (better) progress.best = { epoch: progress.epoch, value };
  return better;
}
