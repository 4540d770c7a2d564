import { setImmediate as eventLoop } from 'node:timers/promises';
import type * as tf from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { Interrupted } from '../errors.js';
import type { NamedArray } from '../run/checkpoint-file.js';
import type { MetricsLog } from '../run/metrics-log.js';
import type { RunFolder } from '../run/run-folder.js';
import { divergence } from './divergence.js';
import { EpochFigures } from './epoch-figures.js';
import { keepCertified } from './keep-certified.js';
import { keepStable } from './keep-stable.js';
import { learningRateAt, makeOptimizer, setLearningRate } from './optimizer.js';
import { restoreOptimizer, saveOptimizer } from './optimizer-state.js';
import { joinArrays, splitArrays } from './saved-arrays.js';
import type { Metrics, Stage } from './stage.js';
import { isFiniteStep, trainingStep } from './training-step.js';
import { modelWeights, setModelWeights } from './weights.js';

/** Where a run stands: everything but arrays. */
export interface Progress {
  stage: number;
  epoch: number;
  /** Batches of the epoch that are done. */
  batch: number;
  /** Steps over all stages. */
  step: number;
  /** Sums over the epoch so far. */
  sums: { loss: number; correct: number; samples: number };
  /** The best epoch of the stage by its validation metric. */
  best: { epoch: number; value: number } | null;
  /** Checksums of the lines of metrics.jsonl that are true at this point. */
  logged: string[];
  /** Test metrics of the stages that are done. */
  results: Record<string, Metrics>;
}

export const startOfRun = (): Progress => ({
  stage: 0,
  epoch: 0,
  batch: 0,
  step: 0,
  sums: emptySums(),
  best: null,
  logged: [],
  results: {},
});

const emptySums = (): Progress['sums'] => ({ loss: 0, correct: 0, samples: 0 });

/** What the training tells of itself. */
export interface TrainingObserver {
  step(stage: Stage, progress: Progress): void;
  epoch(stage: Stage, progress: Progress, metrics: Metrics): void;
  /** How long the stage took in this process, and what of that went into its figures; milliseconds. */
  done(stage: Stage, times: StageTimes): void;
}

export interface StageTimes {
  total: number;
  stability: number;
  spectrum: number;
}

export interface TrainingRun {
  config: Config;
  folder: RunFolder;
  log: MetricsLog;
  observer?: TrainingObserver;
  /** Set when the user asks to stop. */
  interrupted: () => boolean;
}

/**
 * Trains one stage from where `progress` stands to its end, leaves the weights of its best epoch in the model,
 * and returns its test metrics. `progress` is moved on in place.
 *
 * @throws DivergenceError when the loss or its gradient is no longer finite, Interrupted when the user asked to stop.
 */
export async function trainStage(
  stage: Stage,
  run: TrainingRun,
  { progress, saved }: { progress: Progress; saved?: NamedArray[] },
): Promise<Metrics> {
  const { config } = run;
  const started = performance.now();
  const figures = new EpochFigures(stage, config);
  const optimizer = makeOptimizer(config);
  let best = saved === undefined ? [] : await restore(saved, stage, optimizer);
  const checkpoint = async (): Promise<void> => {
    const arrays = joinArrays({
      weights: modelWeights(stage.model),
      best,
      optimizer: await saveOptimizer(optimizer),
      carried: stage.carried?.save() ?? [],
    });
    run.folder.saveCheckpoint(progress.step, { header: progress, arrays });
  };

  while (progress.epoch < config.epochs) {
    setLearningRate(optimizer, learningRateAt(config, progress.epoch));
    if (progress.batch === 0) stage.carried?.reset();
    while (progress.batch < stage.batchesPerEpoch) {
      await advance(stage, optimizer, { run, progress });
      // Backends that compute on this thread never yield by themselves; signals and the bar need the event loop.
      await eventLoop();
      if (run.interrupted()) {
        await checkpoint();
        throw new Interrupted(
          `Stopped at step ${progress.step}. Go on with: hurwitz train --resume ${run.folder.path}`,
        );
      }
      if (progress.step % config.checkpointEvery === 0) await checkpoint();
    }
    const metrics = await endEpoch(stage, progress, { testToo: config.testEachEpoch });
    if (isBest(stage, progress, metrics)) best = modelWeights(stage.model);
    const { epoch, step } = progress;
    const spectrum = figures.spectrum(epoch);
    const entry = { step, stage: stage.name, epoch, ...metrics, ...figures.stability(), ...spectrum };
    progress.logged.push(run.log.append(entry));
    progress.epoch += 1;
    progress.batch = 0;
    progress.sums = emptySums();
    await checkpoint();
    run.observer?.epoch(stage, progress, { ...metrics, ...spectrum });
  }
  run.observer?.done(stage, { total: performance.now() - started, ...figures.times });
  setModelWeights(stage.model, best);
  optimizer.dispose();
  return stage.evaluate('test');
}

/** Sets a stage and its optimizer to a checkpoint; returns the weights of the best epoch so far. */
async function restore(saved: NamedArray[], stage: Stage, optimizer: tf.Optimizer): Promise<NamedArray[]> {
  const { weights, best, optimizer: slots, carried } = splitArrays(saved);
  setModelWeights(stage.model, weights);
  await restoreOptimizer(optimizer, slots);
  stage.carried?.restore(carried);
  return best;
}

async function advance(
  stage: Stage,
  optimizer: tf.Optimizer,
  { run, progress }: { run: TrainingRun; progress: Progress },
): Promise<void> {
  const batch = stage.batch(progress.epoch, progress.batch);
  const samples = batch.targets.shape[0] as number;
  const result = await trainingStep(stage, optimizer, { batch, clipNorm: run.config.clipNorm });
  if (!isFiniteStep(result)) {
    const again = stage.batch(progress.epoch, progress.batch);
    throw divergence(stage, again, { step: progress.step + 1, config: run.config, ...result });
  }
  const { loss, correct } = result;
  if (run.config.certify) keepCertified(stage.layer);
  if (run.config.stable !== undefined) keepStable(stage.layer, run.config.stable);
  progress.batch += 1;
  progress.step += 1;
  progress.sums.loss += loss * samples;
  progress.sums.correct += correct ?? 0;
  progress.sums.samples += samples;
  run.observer?.step(stage, progress);
}

async function endEpoch(
  stage: Stage,
  { sums }: Progress,
  { testToo }: { testToo: boolean },
): Promise<Metrics> {
  const metrics: Metrics = { loss: sums.loss / sums.samples };
  if (stage.correct !== undefined) metrics['accuracy'] = sums.correct / sums.samples;
  for (const split of testToo ? (['validation', 'test'] as const) : (['validation'] as const)) {
    const held = Object.entries(await stage.evaluate(split));
    Object.assign(metrics, Object.fromEntries(held.map(([name, value]) => [`${split}_${name}`, value])));
  }
  return metrics;
}

/** Whether the epoch just ended is the best so far; then it is noted. */
function isBest(stage: Stage, progress: Progress, metrics: Metrics): boolean {
  const value = metrics[`validation_${stage.select.metric}`] as number;
  const { best } = progress;
  // An epoch whose validation overflowed is better than none, and worse than any other.
  const better =
    best === null ||
    !Number.isFinite(best.value) ||
    (stage.select.better === 'larger' ? value > best.value : value < best.value);
  if (better) progress.best = { epoch: progress.epoch, value };
  return better;
}
