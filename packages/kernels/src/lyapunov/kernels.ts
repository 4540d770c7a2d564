import type { TangentKernels } from '../contract.js';
import { theMachine } from '../machine.js';
import { WebAssemblyBatch } from './batch.js';
import { hasPlan } from './plan.js';

/** Lyapunov tangents in WebAssembly. */
export const webAssemblyTangents: TangentKernels = {
  supports: ({ family }) => hasPlan(family),
  start: (network, options) => new WebAssemblyBatch(theMachine()!, network, options),
};
