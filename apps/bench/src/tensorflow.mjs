/**
 * One training step on the native TensorFlow backend, as plain operations and fused, against fused on wasm, all in one run.
 * HURWITZ_TFJS_NODE names the folder whose node_modules has @tensorflow/tfjs-node-gpu or tfjs-node:
 * `HURWITZ_TFJS_NODE=... node src/tensorflow.mjs --rows 1,5 --rounds 5`. On a GPU, fused runs only on wasm.
 */
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import util, { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './backend.mjs';
import { rows } from './rows.mjs';
import { training } from './tfjs.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1,2,4,5' },
    rounds: { type: 'string', default: '5' },
    units: { type: 'string' },
    time: { type: 'string' },
    batch: { type: 'string' },
  },
});

function loadTensorFlow() {
  const folder = process.env.HURWITZ_TFJS_NODE;
  if (!folder)
    throw new Error('HURWITZ_TFJS_NODE names no folder with @tensorflow/tfjs-node-gpu or tfjs-node.');
  util.isNullOrUndefined = (value) => value === null || value === undefined;
  const require = createRequire(join(resolve(folder), 'package.json'));
  const { warn } = console;
  console.warn = () => {};
  try {
    require('@tensorflow/tfjs-node-gpu');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    require('@tensorflow/tfjs-node');
  } finally {
    console.warn = warn;
  }
  return tf.findBackend('tensorflow');
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const timed = (step) => {
  const start = performance.now();
  step();
  return performance.now() - start;
};
const show = (samples) =>
  `${median(samples).toFixed(0)} (${Math.min(...samples).toFixed(0)}-${Math.max(...samples).toFixed(0)}) ms`;

/** The contestants in turn, `rounds` times over, each warmed up once. */
async function compare(row, contestants, rounds) {
  const samples = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, { backend, how }] of Object.entries(contestants)) {
      await useBackend(backend);
      const problem = training(row);
      const ms = timed(problem[how]);
      if (round >= 0) samples[name].push(ms);
      problem.dispose();
    }
  }
  return samples;
}

const changes = Object.fromEntries(
  ['units', 'time', 'batch'].filter((name) => options[name]).map((name) => [name, Number(options[name])]),
);
const sized = (row) => ({ ...row, ...changes });
const changed = Object.entries(changes)
  .map(([name, value]) => `, ${name} ${value}`)
  .join('');

const { isUsingGpuDevice, binding } = loadTensorFlow();
const device = isUsingGpuDevice ? 'GPU' : 'CPU';
const plain = `plain on tensorflow, ${device}`;
const contestants = {
  [plain]: { backend: 'tensorflow', how: 'reference' },
  ...(isUsingGpuDevice ? {} : { 'fused on tensorflow': { backend: 'tensorflow', how: 'fused' } }),
  'fused on wasm': { backend: 'wasm', how: 'fused' },
};
console.log(
  `${cpus()[0].model}, ${availableParallelism()} threads, Node ${process.version}, TensorFlow ${binding.TF_Version} on the ${device}`,
);
for (const number of options.rows.split(',')) {
  const row = sized(rows[number - 1]);
  const samples = await compare(row, contestants, Number(options.rounds));
  console.log(`\n${row.name}${changed}`);
  for (const [name, values] of Object.entries(samples)) {
    const ratio = median(samples[plain]) / median(values);
    console.log(`  ${name.padEnd(26)}${show(values).padEnd(26)}${ratio.toFixed(2)}x as fast as plain`);
  }
}
process.exit(0);
