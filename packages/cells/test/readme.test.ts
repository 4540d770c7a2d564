import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { models, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { RecurrentCell, RecurrentLayer, tangentSystem } from '../src/index.js';
import { useBackend } from './backends.js';

test("the README's cell of low rank: its Jacobian at 0 is P Qᵀ within 1e-6, and its model comes back", async () => {
  await useBackend('cpu');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const example = blocks.find((code) => code.includes('class LowRankCell'))!;
  const body = example.replaceAll(/^import .*\n/gm, '').replaceAll('console.log', 'log');
  const logged: unknown[] = [];
  const run = new Function(
    'tf',
    'RecurrentCell',
    'RecurrentLayer',
    'tangentSystem',
    'log',
    `${body}\nreturn { lowRank, J };`,
  );
  const log = (...values: unknown[]) => logged.push(values);
  const { lowRank, J } = run(tf, RecurrentCell, RecurrentLayer, tangentSystem, log);
  expect(logged).toEqual([[8, 48]]);
  const [, P, Q] = lowRank.getWeights() as tf.Tensor2D[];
  const W: tf.Tensor2D = tf.matMul(P!, Q!, false, true);
  for (const [i, row] of W.arraySync().entries()) {
    row.forEach((value, j) => {
      expect(Math.abs(value - J[i][j]), `entry ${i}, ${j}`).toBeLessThan(1e-6);
    });
  }
  const model = sequential({ layers: [lowRank] });
  const again = await models.modelFromJSON(JSON.parse(model.toJSON() as string));
  again.setWeights(model.getWeights());
  const x = tf.ones([1, 20, 2]);
  expect(Array.from((again.predict(x) as tf.Tensor).dataSync())).toEqual(
    Array.from((model.predict(x) as tf.Tensor).dataSync()),
  );
});
