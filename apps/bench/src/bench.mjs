import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { capabilities } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './backend.mjs';
import { browser } from './browser.mjs';
import { fit } from './fit.mjs';
import { growth } from './growth.mjs';
import { memory } from './memory.mjs';
import { table } from './table.mjs';
import { tape } from './tape.mjs';

const parts = { table, growth, fit, tape, memory, browser };

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: Object.keys(parts).join() },
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '1,2,3,4,5,6' },
    /** Rows whose plain recurrence also runs on tfjs's cpu backend, which takes most of a minute. */
    cpu: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(availableParallelism()) },
    'no-reference': { type: 'boolean', default: false },
  },
});
const numbers = (list) => list.split(',').filter(Boolean).map(Number);
const options = {
  rounds: Number(values.rounds),
  rows: numbers(values.rows),
  cpu: numbers(values.cpu),
  threads: Number(values.threads),
  reference: !values['no-reference'],
};

const chosen = values.parts.split(',');
const unknown = chosen.filter((name) => !(name in parts));
if (unknown.length > 0) throw new RangeError(`--parts: no ${unknown}; there are ${Object.keys(parts)}`);
await useBackend('wasm');
console.log(
  `${cpus()[0].model}, ${options.threads} threads, Node ${process.version}, tfjs ${tf.version_core}`,
);
console.log('Fused:', capabilities());
for (const name of chosen) await parts[name](options);
