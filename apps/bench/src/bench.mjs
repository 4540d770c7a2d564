import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { capabilities } from '@hurwitz/scan';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from './backend.mjs';
import { browser } from './browser.mjs';
import { fit } from './fit.mjs';
import { growth } from './growth.mjs';
import { memory } from './memory.mjs';
import { rows } from './rows.mjs';
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
/** A whole number from 1 to `most`. */
const count = (name, text, most) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new RangeError(`--${name}: expected a whole number from 1 to ${most}, got '${text}'`);
};
const rowNumbers = (name) =>
  values[name]
    .split(',')
    .filter(Boolean)
    .map((text) => count(name, text, rows.length));
const options = {
  rounds: count('rounds', values.rounds, 1000),
  rows: rowNumbers('rows'),
  cpu: rowNumbers('cpu'),
  threads: count('threads', values.threads, 64),
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
