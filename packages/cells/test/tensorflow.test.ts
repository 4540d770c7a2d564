import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gru, lipschitzRNN, lstm } from '../src/index.js';
import { tfjsNode, useBackend } from './backends.js';

/** What the native package adds to tfjs's union package. */
const native = tfjsNode as { io: { fileSystem(path: string): tf.io.IOHandler } } | undefined;

describe.runIf(native !== undefined)('the native package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hurwitz-cells-'));
  const model = () => {
    const args = { units: 4, seed: 2 };
    const made = sequential({
      layers: [
        lipschitzRNN({ ...args, epsilon: 0.3, initStd: 2, returnSequences: true, inputShape: [6, 3] }),
        lstm({ ...args, returnSequences: true }),
        gru(args),
        layers.dense({ units: 2 }),
      ],
    });
    made.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    return made;
  };
  const x = () => tf.randomNormal([5, 6, 3], 0, 1, 'float32', 3);

  beforeAll(async () => {
    await useBackend('tensorflow');
    // Installed apart from the workspace, it registers file:// with its own copy of tfjs.
    const route = (url: string | string[]) =>
      String(url).startsWith('file://') ? native!.io.fileSystem(String(url).slice(7)) : null!;
    tf.io.registerSaveRouter(route);
    tf.io.registerLoadRouter(route);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('model.save to file:// and back: predictions to the bit', async () => {
    const saved = model();
    await saved.save(`file://${folder}`);
    const loaded = await loadLayersModel(`file://${join(folder, 'model.json')}`);
    const [before, after] = [saved, loaded].map((m) => [...(m.predict(x()) as tf.Tensor).dataSync()]);
    expect(before!.every((value) => value !== 0)).toBe(true);
    expect(after).toEqual(before);
  });

  test('training keeps no tensor, on the backend or in tfjs', async () => {
    const m = model();
    const [inputs, targets] = [x(), tf.ones([5, 2])];
    const fit = () => m.fit(inputs, targets, { epochs: 2, batchSize: 2, verbose: 0 });
    await fit();
    const { numTensors, numDataBuffers } = tf.memory();
    await fit();
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
  });
});
