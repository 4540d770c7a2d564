/**
 * The published recipe of the Lipschitz RNN on ordered pixel-MNIST, here and in eager PyTorch, from the same weights and over
 * the same batches: prints both losses, step by step. $HURWITZ_PYTHON lists the interpreters to try, like $PATH.
 *
 * node src/recipe-agreement.mjs --data-dir <folder of the four MNIST files> [--steps 60] [--seed 1]
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lipschitzRNN } from '@hurwitz/cells';
import { loadMnist } from '@hurwitz/datasets/node';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { useBackend } from './backend.mjs';
import { pythonPeers } from './python-peer.mjs';
import { printTable } from './samples.mjs';

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    steps: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
  },
});
if (values['data-dir'] === undefined) throw new TypeError('--data-dir: name the folder of the MNIST files');
const [steps, seed] = [Number(values.steps), Number(values.seed)];
const [units, batch, pixels, learningRate] = [128, 128, 784, 0.003];

function recipe() {
  const bound = 1 / Math.sqrt(units);
  const linear = (seed) => initializers.randomUniform({ minval: -bound, maxval: bound, seed });
  const recurrent = lipschitzRNN({ units, epsilon: 0.03, betaA: 0.75, gammaA: 0.001, seed });
  const readout = layers.dense({
    units: 10,
    kernelInitializer: linear(seed + 1),
    biasInitializer: linear(seed + 2),
  });
  return sequential({ layers: [layers.inputLayer({ inputShape: [pixels, 1] }), recurrent, readout] });
}

/** The losses of `steps` steps of Adam over the batches in the order of the file. */
async function train(model, { images, labels }) {
  const optimizer = tf.train.adam(learningRate);
  const weights = model.trainableWeights.map((weight) => weight.read());
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const [from, to] = [step * batch, (step + 1) * batch];
    const loss = tf.tidy(() => {
      const bytes = Float32Array.from(images.subarray(from * pixels, to * pixels), (byte) => byte / 255);
      const x = tf.tensor3d(bytes, [batch, pixels, 1]);
      const y = tf.oneHot(tf.tensor1d(labels.subarray(from, to), 'int32'), 10);
      const crossEntropy = () => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(model.apply(x))), -1)));
      return optimizer.minimize(crossEntropy, true, weights).dataSync()[0];
    });
    losses.push(loss);
    // A worker of the recurrence and tfjs both want the event loop now and then.
    await new Promise(setImmediate);
  }
  return losses;
}

await useBackend('wasm');
const folder = values['data-dir'];
const peers = await pythonPeers(fileURLToPath(new URL('recipe_agreement.py', import.meta.url)));
// Which interpreters lack torch has been said.
if (peers.length === 0) process.exit();
const model = recipe();
const weights = model.getWeights().map((weight) => [...weight.dataSync()]);
const { train: mnist } = await loadMnist(folder);
const ours = await train(model, mnist);
for (const peer of peers) {
  const theirs = await peer.ask({ folder, weights, steps });
  const lines = ours.map((loss, step) => ({
    step,
    Hurwitz: loss.toFixed(5),
    [peer.name]: theirs[step].toFixed(5),
  }));
  printTable(
    `Loss of each step, seed ${seed}`,
    lines.filter(({ step }) => step < 5 || step % 10 === 9),
  );
  const distance = Math.max(...ours.map((loss, step) => Math.abs(loss / theirs[step] - 1)));
  console.log(`\nLargest relative distance over ${steps} steps: ${distance.toExponential(1)}`);
  peer.end();
}
