import { type SequenceDataset, sequenceDataset, simplePendulum } from '@hurwitz/datasets';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { DatasetFeed, firstInputs, meanOver, toTensors } from '../../data/dataset-feed.js';
import type { Batch } from '../../loop/learner.js';
import type { Stage } from '../../loop/stage.js';
import { squaredErrorSum } from '../../models/losses.js';
import { recurrentLayer } from '../../models/recurrent-layer.js';
import type { BaseConfig } from '../../options/base-config.js';
import { length } from '../../options/task-options.js';
import { defineTask, type Task } from '../task.js';
import { type Regime, regimes } from './regimes.js';
import { pendulumSections } from './report.js';

type Config = BaseConfig & { length: number };

/** Time is measured in √(l/g), so the small-angle period is 2π. */
const units = { length: 1, gravity: 1 } as const;
const sizes = { training: 512, validation: 128, test: 128 } as const;

/**
 * The paper's pendulum: 2-unit Lipschitz RNNs whose state is (angle, angular velocity), started at a true initial
 * state, left without input and trained so that their states follow the frictionless pendulum.
 */
async function pendulumTask(config: Config): Promise<Task> {
  const data = {
    training: rollouts(config, 0, sizes.training),
    validation: rollouts(config, sizes.training, sizes.validation),
    test: rollouts(config, sizes.training + sizes.validation, sizes.test),
  };
  return {
    trainingSequences: data.training.size,
    title: 'A pendulum in four regimes',
    stages: regimes.map((regime) => async () => pendulumStage(config, regime, data)),
    sections: (results) => pendulumSections(config, results),
  };
}

/** Initial states [size, 1, 2] and the states that follow, [size, length, 2], one every epsilon. */
function rollouts({ length, epsilon, seed }: Config, first: number, size: number): SequenceDataset {
  const samples = length + 1;
  const { states } = simplePendulum({
    ...units,
    samples,
    dt: epsilon,
    size,
    first,
    seed,
    maxAngle: 2,
    maxVelocity: 1,
  });
  const inputs = new Float32Array(size * 2);
  const targets = new Float32Array(size * length * 2);
  for (let i = 0; i < size; i++) {
    const trajectory = states.subarray(i * samples * 2, (i + 1) * samples * 2);
    inputs.set(trajectory.subarray(0, 2), i * 2);
    targets.set(trajectory.subarray(2), i * length * 2);
  }
  return sequenceDataset({
    name: 'pendulum',
    inputs,
    shape: [size, 1, 2],
    targets,
    targetShape: [length, 2],
  });
}

type Split = 'training' | 'validation' | 'test';

function pendulumStage(config: Config, regime: Regime, data: Record<Split, SequenceDataset>): Stage {
  const { beta, gamma } = regime;
  const settings = { ...config, betaA: beta, betaW: beta, gammaA: gamma, gammaW: gamma };
  const input = tfl.input({ shape: [config.length, 1], name: 'input' });
  const start = tfl.input({ shape: [config.units], name: 'start' });
  const layer = recurrentLayer(settings, {
    returnSequences: true,
    name: regime.name,
    // Like the pendulum, the untrained system rests at the origin.
    biasInitializer: 'zeros',
  });
  const states = layer.apply([input, start]) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: [input, start], outputs: states });
  const feed = new DatasetFeed(data.training, config);
  const run = (inputs: Batch['inputs']): tf.Tensor => model.apply(inputs) as tf.Tensor;
  return {
    name: regime.name,
    title: regime.title,
    model,
    layer,
    batchesPerEpoch: feed.batchesPerEpoch,
    batch: (epoch, index) => withoutInput(toTensors(feed.at(epoch, index)), config.length),
    loss: (states, targets) => tf.div(squaredErrorSum(states, targets), targets.size),
    testInputs: (count) =>
      withoutInput({ inputs: firstInputs(data.test, count), targets: tf.tensor([]) }, config.length).inputs,
    states: run,
    select: { metric: 'mse', better: 'smaller' },
    evaluate: async (split) =>
      meanOver(data[split], config.batchSize, (batch) => {
        const { inputs, targets } = withoutInput(batch, config.length);
        return { mse: tf.div(squaredErrorSum(run(inputs), targets), 2 * config.length) };
      }),
  };
}

/** The model's two inputs: nothing at every step, and the initial state. */
function withoutInput({ inputs, targets }: Batch, length: number): Batch {
  const start = inputs as tf.Tensor3D;
  const size = start.shape[0];
  const state = tf.reshape(start, [size, 2]);
  start.dispose();
  return { inputs: [tf.zeros([size, length, 1]), state], targets };
}

export const pendulum = defineTask({
  name: 'pendulum',
  about: 'the states of a swinging pendulum, from the first one; needs no data',
  options: { length },
  // β, γ and the two units are those of the regimes.
  cellOptions: ['epsilon', 'scheme', 'initStd'],
  defaults: {
    units: 2,
    epsilon: 0.1,
    scheme: 'rk4',
    batchSize: 32,
    length: 20,
    epochs: 10,
    learningRate: 0.02,
  },
  sizes: ({ length }) => ({
    ...{ steps: length, inputs: 1, outputs: 0 },
    data: (sizes.training + sizes.validation + sizes.test) * length * 2 * Float32Array.BYTES_PER_ELEMENT,
  }),
  build: pendulumTask,
});
