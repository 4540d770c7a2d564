/*
 * Times one training step in plain tfjs: `node reference.mjs <row as JSON> <backend> reference|layers`, printing milliseconds.
 * A process of its own, because tfjs's wasm heap ends at 2 GB and does not survive its own exhaustion.
 */
import { useBackend } from './backend.mjs';
import { layersLSTM, training } from './tfjs.mjs';

const [row, backend, what] = process.argv.slice(2);
await useBackend(backend);
const problem = JSON.parse(row);
const step = what === 'layers' ? layersLSTM(problem) : training(problem).reference;
const start = performance.now();
step();
console.log(performance.now() - start);
process.exit(0);
