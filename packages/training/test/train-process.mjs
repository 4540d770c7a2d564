/** Trains a small model in a folder, and prints its weights: `node train-process.mjs <folder>`. */
import '@tensorflow/tfjs-backend-cpu';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { train } from '../dist/index.js';

const model = sequential({
  layers: [
    layers.simpleRNN({
      units: 3,
      inputShape: [4, 1],
      kernelInitializer: 'ones',
      recurrentInitializer: 'zeros',
    }),
    layers.dense({ units: 1, kernelInitializer: 'ones' }),
  ],
});
const inputs = Array.from({ length: 30 }, (_, i) => [0, 1, 2, 3].map((t) => [Math.sin(i + t)]));
const targets = inputs.map((sequence) => sequence[3][0] * 2);
const { epochs, best, test } = await train(model, {
  data: { inputs, targets },
  validation: { inputs: inputs.slice(0, 10), targets: targets.slice(0, 10) },
  test: { inputs: inputs.slice(20), targets: targets.slice(20) },
  ...{ epochs: 6, batchSize: 4, learningRate: 0.05, checkpointEvery: 3, folder: process.argv[2] },
  hooks: [{ afterStep: ({ step }) => process.stderr.write(`step ${step}\n`) }],
});
const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
console.log(JSON.stringify({ epochs, best, test, weights }));
