import { tangentPropagator, tangentSystem, vanillaRNN } from '@hurwitz/cells';
import { delayedXor, gather, type SequenceDataset, streamBatches } from '@hurwitz/datasets';
import { lyapunovSpectrum } from '@hurwitz/lyapunov';
import { flossing } from '@hurwitz/lyapunov/flossing';
import {
  correctCount,
  crossEntropySum,
  descend,
  meanOver,
  type StepResult,
  toTensors,
} from '@hurwitz/training';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { count, positive } from '../shared/settings.js';

/** How, if at all, exponents are flossed before training. */
export type Flossed = 'not' | 'through-states' | 'states-held';

export const flossingRunSchema = z.strictObject({
  units: count,
  /** d of the task, and the length of its sequences. */
  delay: count,
  steps: count,
  batchSize: count,
  trainingSteps: count,
  learningRate: positive,
  clipNorm: positive,
  /** Training steps between two records of the accuracy. */
  recordEvery: count,
  testSize: count,
  flossing: z.strictObject({
    exponents: count,
    epochs: count,
    horizon: count,
    warmup: count,
    learningRate: positive,
    clipNorm: positive,
  }),
});
export type FlossingSettings = z.infer<typeof flossingRunSchema>;

export interface FlossingRun {
  /** Largest exponent of the initial network without inputs. */
  undriven: number;
  /** Exponents in nats per step, from the largest: at the start, before training, and after it. */
  initial: number[];
  flossed: number[];
  trained: number[];
  /** Accuracy on the training batches (all new), mean over each `recordEvery` steps. */
  accuracy: number[];
  testAccuracy: number;
  /** Seconds that flossing and training took. */
  flossingSeconds: number;
  trainingSeconds: number;
}

/** The run of a tanh network whose W starts Gaussian with variance gain² / units. */
export async function flossingRun(
  settings: FlossingSettings,
  { gain, flossed, seed }: { gain: number; flossed: Flossed; seed: number },
): Promise<FlossingRun> {
  const { units, delay, steps, testSize } = settings;
  const { model, layer } = network({ units, steps, gain, seed });
  const test = delayedXor({ delay, steps, size: testSize, seed: seed + 0.5 * 2 ** 40 });
  try {
    const undriven = undrivenExponent(layer, settings);
    const initial = exponentsOf(layer, test);
    const start = performance.now();
    if (flossed !== 'not') await floss(settings, { model, layer, flossed, seed });
    const flossingSeconds = (performance.now() - start) / 1000;
    const before = flossed === 'not' ? initial : exponentsOf(layer, test);
    const accuracy = await train(settings, { model, seed });
    const trainingSeconds = (performance.now() - start) / 1000 - flossingSeconds;
    return {
      ...{ undriven, initial, flossed: before, trained: exponentsOf(layer, test), accuracy },
      testAccuracy: testAccuracy(model, test),
      ...{ flossingSeconds, trainingSeconds },
    };
  } finally {
    model.dispose();
  }
}

/** As in the paper's code: input weights N(0, 1), biases U(0, 0.1); the readout's scale keeps its sums of order 1. */
function network({
  units,
  steps,
  gain,
  seed,
}: {
  units: number;
  steps: number;
  gain: number;
  seed: number;
}): {
  model: LayersModel;
  layer: ReturnType<typeof vanillaRNN>;
} {
  const { randomNormal, randomUniform } = initializers;
  const layer = vanillaRNN({
    units,
    returnSequences: true,
    inputShape: [steps, 1],
    kernelInitializer: randomNormal({ stddev: 1, seed: 10 * seed + 1 }),
    recurrentInitializer: randomNormal({ stddev: gain / Math.sqrt(units), seed: 10 * seed + 2 }),
    biasInitializer: randomUniform({ minval: 0, maxval: 0.1, seed: 10 * seed + 3 }),
  });
  const readout = layers.dense({
    units: 2,
    kernelInitializer: randomNormal({ stddev: 1 / Math.sqrt(units), seed: 10 * seed + 4 }),
  });
  return { model: sequential({ layers: [layer, readout] }), layer };
}

/** Flossing alone, one new random sequence at a time, at a rate that falls linearly to 0. */
async function floss(
  settings: FlossingSettings,
  {
    model,
    layer,
    flossed,
    seed,
  }: { model: LayersModel; layer: layers.Layer; flossed: Flossed; seed: number },
): Promise<void> {
  const { exponents, epochs, horizon, warmup, learningRate, clipNorm } = settings.flossing;
  const { penalty } = flossing(tangentPropagator(layer), {
    ...{ exponents, warmup },
    throughStates: flossed === 'through-states',
  });
  const sequences = streamBatches(
    (range) => delayedXor({ delay: 1, terms: 1, steps: horizon, seed: seed + 2 ** 40, ...range }),
    { batchSize: 1 },
  );
  const optimizer = tf.train.adam(learningRate);
  await descend(
    {
      model,
      outputs: penalty,
      loss: (value: tf.Tensor) => value as tf.Scalar,
      batchesPerEpoch: 1,
      batch: () => toTensors(sequences.next().value),
    },
    {
      ...{ optimizer, epochs, clipNorm },
      learningRateAt: (epoch) => learningRate * (1 - epoch / epochs),
      onNonFinite: () => 'skip',
    },
  );
  optimizer.dispose();
}

async function train(
  { delay, steps, batchSize, trainingSteps, learningRate, clipNorm, recordEvery }: FlossingSettings,
  { model, seed }: { model: LayersModel; seed: number },
): Promise<number[]> {
  const stream = streamBatches((range) => delayedXor({ delay, steps, seed, ...range }), { batchSize });
  const optimizer = tf.train.adam(learningRate);
  const accuracy: number[] = [];
  let sum = 0;
  const record = (step: number, { correct }: StepResult): void => {
    sum += correct!;
    if (step % recordEvery !== 0) return;
    accuracy.push(sum / recordEvery);
    sum = 0;
  };
  await descend(
    {
      model,
      loss: (logits, labels) => tf.div(crossEntropySum(answers(logits, labels), labels), labels.size),
      correct: (logits, labels) => tf.div(correctCount(answers(logits, labels), labels), labels.size),
      batchesPerEpoch: trainingSteps,
      batch: () => toTensors(stream.next().value),
    },
    {
      ...{ optimizer, clipNorm, epochs: 1 },
      hooks: [{ afterStep: ({ step }, result) => record(step, result) }],
      // The accuracy of a step that cannot be taken counts too.
      onNonFinite: ({ step }, result) => {
        record(step + 1, result);
        return 'skip';
      },
    },
  );
  optimizer.dispose();
  return accuracy;
}

/** The logits of the last steps, as many as there are labels: before, the bits to combine have not all been seen. */
function answers(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [batch, steps, classes] = logits.shape as [number, number, number];
  const count = labels.shape[1] as number;
  return tf.slice(logits, [0, steps - count, 0], [batch, count, classes]);
}

function testAccuracy(model: LayersModel, test: SequenceDataset): number {
  return meanOver(test, 500, ({ inputs, targets }) => ({
    accuracy: tf.div(
      correctCount(answers(model.apply(inputs) as tf.Tensor, targets), targets),
      targets.shape[1] as number,
    ),
  }))['accuracy'] as number;
}

/** All exponents in float64 along eight test sequences, each read one after the other as one long trajectory. */
function exponentsOf(layer: layers.Layer, test: SequenceDataset): number[] {
  const { inputs } = gather(
    test,
    Array.from({ length: 8 }, (_, i) => i),
  );
  const trajectory = Array.from(inputs, (bit) => [bit]);
  return lyapunovSpectrum(tangentSystem(layer), { inputs: trajectory, warmup: test.steps }).exponents;
}

/** Over a thousand steps, from a state off rest. */
function undrivenExponent(layer: layers.Layer, { units }: FlossingSettings): number {
  const inputs = Array.from({ length: 1200 }, () => [0]);
  const initialState = Array.from({ length: units }, (_, i) => Math.sin(i + 1));
  return lyapunovSpectrum(tangentSystem(layer), { inputs, initialState, warmup: 200, exponents: 1 })
    .exponents[0]!;
}
