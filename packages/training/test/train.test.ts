import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DivergenceError, Interrupted, TrainingError } from '../src/errors.js';
import { train } from '../src/train/train.js';
import { temporaryFolder } from './temporary-folder.js';

const script = fileURLToPath(new URL('train-process.mjs', import.meta.url));
let folder = '';
beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inputs = Array.from({ length: 12 }, (_, i) => [0, 1, 2].map((t) => [Math.sin(i + t), i / 12]));
const targets = inputs.map((sequence) => sequence[2]![0]! - sequence[0]![1]!);
const data = { inputs, targets };

function network() {
  const drawn = (seed: number) => initializers.randomUniform({ minval: -0.5, maxval: 0.5, seed });
  const first = { inputShape: [3, 2], kernelInitializer: drawn(1), recurrentInitializer: drawn(2) };
  return sequential({
    layers: [
      layers.simpleRNN({ units: 4, ...first }),
      layers.dense({ units: 1, kernelInitializer: drawn(3) }),
    ],
  });
}

const weightsOf = (model: ReturnType<typeof network>): number[][] =>
  model.getWeights().map((weight) => Array.from(weight.dataSync()));

const options = { data, validation: data, epochs: 4, batchSize: 5, checkpointEvery: 2, learningRate: 0.05 };

/** Runs the script until it has done so many steps and kills it, or to its end; gives what it printed. */
function runScript(path: string, killAfter = Number.POSITIVE_INFINITY): Promise<string> {
  const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => {
    complaints += text;
    if (complaints.includes(`step ${killAfter}\n`)) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 || signal === 'SIGKILL' ? resolve(output) : reject(new Error(complaints)),
    );
  });
}

describe('train, of a model of tf.layers on arrays', () => {
  it('lowers the loss, keeps the best epoch of the validation data, and leaves no tensor behind', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const { epochs, best, test } = await train(model, { ...options, test: data });
    expect(tf.memory().numTensors).toBe(before);
    const losses = epochs.map((entry) => entry['validation_loss'] as number);
    expect(losses).toHaveLength(4);
    expect(losses[3]).toBeLessThan(losses[0]!);
    expect(losses[best]).toBe(Math.min(...losses));
    // The weights of the best epoch are in the model: its loss is that epoch's.
    expect(test['loss']).toBe(losses[best]);
  });

  it('goes on after being stopped at any step, to the same bits', async () => {
    const whole = network();
    const expected = await train(whole, options);
    for (let stop = 1; stop < 12; stop++) {
      const path = join(folder, String(stop));
      const controller = new AbortController();
      const hooks = [
        { afterStep: ({ step }: { step: number }) => void (step === stop && controller.abort()) },
      ];
      await expect(
        train(network(), { ...options, folder: path, hooks, signal: controller.signal }),
      ).rejects.toThrow(Interrupted);
      const model = network();
      const resumed = await train(model, { ...options, folder: path });
      expect(weightsOf(model)).toEqual(weightsOf(whole));
      expect(resumed).toEqual(expected);
    }
  });

  it('goes on after being killed between checkpoints, to the same bits; the end is given back at once', async () => {
    const expected = JSON.parse(await runScript(join(folder, 'whole')));
    for (const killAfter of [5, 20]) await runScript(join(folder, 'killed'), killAfter);
    expect(JSON.parse(await runScript(join(folder, 'killed')))).toEqual(expected);
    expect(JSON.parse(await runScript(join(folder, 'killed'), 0))).toEqual(expected);
  });

  it('goes on from the checkpoint before one that is damaged, and names that one', async () => {
    const expected = network();
    await train(expected, options);
    await train(network(), { ...options, folder });
    const newest = join(folder, 'checkpoints', readdirSync(join(folder, 'checkpoints')).sort().at(-1)!);
    const bytes = readFileSync(newest);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(newest, bytes);
    const warnings: string[] = [];
    const model = network();
    await train(model, { ...options, folder, warn: (message) => warnings.push(message) });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(newest);
    expect(weightsOf(model)).toEqual(weightsOf(expected));
  });

  it('learns labels by the cross-entropy of logits, and counts what is right', async () => {
    const model = sequential({
      layers: [layers.flatten({ inputShape: [3, 2] }), layers.dense({ units: 2 })],
    });
    const labels = inputs.map((_, i) => (i < 6 ? 0 : 1));
    const held = { inputs, targets: labels, classes: 2 };
    const { epochs } = await train(model, { data: held, validation: held, epochs: 60, learningRate: 0.1 });
    expect(epochs.at(-1)!['validation_accuracy']).toBe(1);
  });

  it('calls hooks in their order, logs what they measure, and keeps what they do to the weights', async () => {
    const calls: string[] = [];
    const model = network();
    const bias = model.layers[1]!.weights[1]!;
    const hook = {
      beforeStep: () => void calls.push('before'),
      afterStep: () => {
        calls.push('after');
        tf.tidy(() => void bias.write(tf.zeros([1])));
      },
      measure: () => ({ seven: 7 }),
      afterEpoch: () => void calls.push('epoch'),
      afterCheckpoint: () => void calls.push('checkpoint'),
    };
    const { epochs } = await train(model, { ...options, epochs: 1, hooks: [hook] });
    expect(calls).toEqual(
      ['before after', 'before after checkpoint', 'before after', 'checkpoint epoch'].join(' ').split(' '),
    );
    expect(epochs[0]).toMatchObject({ seven: 7, epoch: 0, step: 3 });
    expect(bias.read().dataSync()[0]).toBe(0);
  });
});

describe('train, of weights with a loss of their own', () => {
  it('finds the minimum of (w - mean of the targets)² (1e-3), on batches that are made by their place', async () => {
    const w = tf.variable(tf.scalar(0));
    const batch = (epoch: number, index: number) => ({
      inputs: tf.zeros([2, 1]),
      targets: tf.tensor1d([1, 3 + 0 * (epoch + index)]),
    });
    await train(
      { weights: [w], loss: ({ targets }) => tf.mean(tf.square(tf.sub(w, targets))) as tf.Scalar },
      { data: { batchesPerEpoch: 10, batch }, optimizer: tf.train.sgd(0.2), epochs: 5 },
    );
    expect(Math.abs(w.dataSync()[0]! - 2)).toBeLessThan(1e-3);
    w.dispose();
  });
});

describe('train refuses', () => {
  it.each([
    ['an option that it does not know', { data, epoch: 3 }, "Did you mean 'epochs'?"],
    ['no data', {}, 'expected data to be sequences with targets, got undefined'],
    [
      'sequences of two lengths',
      { data: { inputs: [[[1]], [[1], [2]]], targets: [1, 2] } },
      'lists of one length',
    ],
    ['too few targets', { data: { inputs, targets: [1] } }, 'got 12 sequences and 1 targets'],
    ['half an epoch', { data, epochs: 0.5 }, 'expected epochs to be an integer'],
    ['a rate of 0', { data, learningRate: 0 }, 'expected learningRate to be a finite number, above 0'],
    ['an unknown optimizer', { data, optimizer: 'adm' }, "Did you mean 'adam'?"],
    ['two rates', { data, optimizer: tf.train.sgd(1), learningRate: 1 }, 'one learning rate'],
  ])('%s', async (_, options, message) => {
    const attempt = train(network(), options as never);
    await expect(attempt).rejects.toThrow(TrainingError);
    await expect(attempt).rejects.toThrow(message);
  });

  it('to go on with other settings, naming what differs', async () => {
    await train(network(), { ...options, folder });
    await expect(train(network(), { ...options, folder, batchSize: 6 })).rejects.toThrow(
      'expected batchSize 5, with which the training',
    );
  });

  it('numbers that are not finite, before they reach the weights', async () => {
    const model = network();
    const before = weightsOf(model);
    const loss = (outputs: tf.Tensor) => tf.mul(tf.sum(outputs), Number.NaN) as tf.Scalar;
    await expect(train(model, { ...options, loss })).rejects.toThrow(DivergenceError);
    expect(weightsOf(model)).toEqual(before);
  });
});
