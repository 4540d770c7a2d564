import { registerFused } from '../kernel.js';
import { webAssemblyRecurrence } from './implementation.js';

/** tfjs's backends whose tensors the CPU can read without waiting for a GPU. */
const BACKENDS = ['wasm', 'cpu', 'tensorflow'];

for (const backend of BACKENDS) registerFused(backend, webAssemblyRecurrence);
