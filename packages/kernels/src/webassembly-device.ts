import type { Device } from './contract.js';
import { webAssemblyTangents } from './lyapunov/kernels.js';
import { capabilities, theMachine } from './machine.js';
import { webAssemblyRecurrence } from './recurrence/kernels.js';

/** The kernels that run wherever there is WebAssembly with SIMD, in Node and in browsers. */
export const webAssemblyDevice: Device = {
  name: 'wasm',
  absence: () => (theMachine() === undefined ? capabilities().reasons.simd : undefined),
  arithmetic: () => (capabilities().relaxedSimd ? 'fused multiply-add' : 'two roundings'),
  recurrence: webAssemblyRecurrence,
  tangents: webAssemblyTangents,
};
