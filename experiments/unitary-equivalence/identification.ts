import { vanillaRNN } from '@hurwitz/cells';
import { type SequenceDataset, sequenceDataset } from '@hurwitz/datasets';
import {
  type NoisySequences,
  noisySequences,
  rSquared,
  runRNN,
  type SyntheticContractiveRNN,
  syntheticContractiveRNN,
  unitaryFromContractive,
} from '@hurwitz/equivalence';
import { nearestOrthogonal } from '@hurwitz/parameterisations';
import { DatasetFeed, descend, inOrder, toTensors } from '@hurwitz/training';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { count, positive } from '../shared/settings.js';

/** Whether W is free, or brought back to the nearest orthogonal matrix after every step. */
export type Constraint = 'free' | 'orthogonal';

export const identificationSchema = z.strictObject({
  /** In dB. */
  signalToNoise: z.number(),
  sequences: count,
  testRatio: positive,
  steps: count,
  batchSize: count,
  learningRate: positive,
  epochs: count,
  /** The learning rate is a tenth from this epoch on. */
  decayEpoch: count,
  clipNorm: positive,
});
export type IdentificationSettings = z.infer<typeof identificationSchema>;

/** Input and output sequences of one random contraction, split. */
export interface IdentificationData {
  train: SequenceDataset;
  test: SequenceDataset;
  /** R² of the contraction itself on the test outputs: noise leaves no model more. */
  ceiling: number;
}

/**
 * Data of the contraction that a seed draws. Outputs are divided by their root mean square over the training sequences, which no
 * R² sees, so that one learning rate suits all realisations.
 */
export function identificationData(settings: IdentificationSettings, seed: number): IdentificationData {
  const { inputs, outputs, clean, held } = sequencesOf(settings, seed);
  const rows = outputs.slice(held).flat();
  const scale = rows[0]!.map((_, i) => Math.sqrt(rows.reduce((sum, y) => sum + y[i]! ** 2, 0) / rows.length));
  const dataset = (name: string, from: number, to: number): SequenceDataset =>
    sequenceDataset({
      name,
      inputs: Float32Array.from(inputs.slice(from, to).flat(2)),
      shape: [to - from, settings.steps, inputs[0]![0]!.length],
      targets: Float32Array.from(
        outputs.slice(from, to).flatMap((y) => y.flatMap((row) => row.map((value, i) => value / scale[i]!))),
      ),
      targetShape: [settings.steps, scale.length],
    });
  return {
    train: dataset('train', held, inputs.length),
    test: dataset('test', 0, held),
    ceiling: rSquared(clean.slice(0, held).flat(), outputs.slice(0, held).flat()),
  };
}

/** A random contraction and its sequences, the first `held` of them for the test. */
function sequencesOf(
  { sequences, steps, testRatio, signalToNoise }: IdentificationSettings,
  seed: number,
): NoisySequences & { contraction: SyntheticContractiveRNN; held: number } {
  const contraction = syntheticContractiveRNN({ seed });
  const drawn = noisySequences(contraction, { sequences, steps, signalToNoise, seed });
  return { ...drawn, contraction, held: Math.round(sequences * testRatio) };
}

/**
 * R² on the test sequences of the orthogonal network of twice the units that Theorem 1 builds from the contraction of a
 * seed: what an URNN can do, trained or not.
 */
export function dilationScore(settings: IdentificationSettings, seed: number): number {
  const { contraction, held, ...drawn } = sequencesOf(settings, seed);
  const [inputs, outputs] = [drawn.inputs.slice(0, held), drawn.outputs.slice(0, held)];
  const inputBound = inputs.flat(2).reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  const unitary = unitaryFromContractive({ ...contraction, inputBound });
  return rSquared(
    inputs.flatMap((x) => runRNN(unitary, x)),
    outputs.flat(),
  );
}

/** R² on the test sequences after training a ReLU network of so many units; -Infinity where training diverged. */
export async function identify(
  { train, test }: IdentificationData,
  {
    units,
    constraint,
    seed,
    settings,
  }: { units: number; constraint: Constraint; seed: number; settings: IdentificationSettings },
): Promise<number> {
  const { batchSize, learningRate, epochs, decayEpoch, clipNorm } = settings;
  const { steps, inputDim, targetShape } = train;
  const layer = vanillaRNN({
    units,
    seed,
    activation: 'relu',
    returnSequences: true,
    inputShape: [steps, inputDim],
  });
  const readout = layers.dense({
    units: targetShape.at(-1)!,
    useBias: false,
    kernelInitializer: initializers.glorotNormal({ seed }),
  });
  const model = sequential({ layers: [layer, readout] });
  const optimizer = tf.train.adam(learningRate);
  const feed = new DatasetFeed(train, { batchSize, seed });
  try {
    const converged = await descend(
      {
        model,
        loss: (outputs, targets) => tf.mean(tf.squaredDifference(outputs, targets)) as tf.Scalar,
        batchesPerEpoch: feed.batchesPerEpoch,
        batch: (epoch, index) => toTensors(feed.at(epoch, index)),
      },
      {
        ...{ optimizer, epochs, clipNorm },
        learningRateAt: (epoch) => (epoch < decayEpoch ? learningRate : learningRate / 10),
        hooks: constraint === 'orthogonal' ? [{ afterStep: () => keepOrthogonal(layer) }] : [],
        onNonFinite: (_, { loss }) => (Number.isFinite(loss) ? 'skip' : 'stop'),
      },
    );
    if (!converged) return -Infinity;
    return testScore(model, test);
  } finally {
    model.dispose();
    optimizer.dispose();
  }
}

/** Projected gradient descent: W becomes the nearest orthogonal matrix U Vᵀ of its singular value decomposition. */
function keepOrthogonal(layer: layers.Layer): void {
  tf.tidy(() => {
    const [kernel, W, bias] = layer.getWeights();
    layer.setWeights([kernel!, nearestOrthogonal(W as tf.Tensor2D), bias!]);
  });
}

function testScore(model: LayersModel, test: SequenceDataset): number {
  const guesses: number[][] = [];
  const targets: number[][] = [];
  const outputs = test.targetShape.at(-1)!;
  for (const batchOfTest of inOrder(test, 10)) {
    tf.tidy(() => {
      const batch = toTensors(batchOfTest);
      const predicted = model.predictOnBatch(batch.inputs) as tf.Tensor;
      guesses.push(...(tf.reshape(predicted, [-1, outputs]).arraySync() as number[][]));
      targets.push(...(tf.reshape(batch.targets, [-1, outputs]).arraySync() as number[][]));
    });
  }
  return guesses.flat().every(Number.isFinite) ? rSquared(guesses, targets) : -Infinity;
}
