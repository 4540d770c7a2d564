import { registerFused, unregisterFused } from '../registry/register.js';
import { deviceRecurrence } from './implementation.js';

/** tfjs's backends whose tensors the CPU can read without waiting for a GPU. */
const BACKENDS = ['wasm', 'cpu', 'tensorflow'];

/** Runs the recurrence on fused kernels wherever the backend allows; importing the package does it already. */
export function fuse(): void {
  for (const backend of BACKENDS) registerFused(backend, deviceRecurrence);
}

/** Runs the recurrence as plain tfjs operations everywhere, for comparison. */
export function unfuse(): void {
  for (const backend of BACKENDS) unregisterFused(backend);
}

fuse();
