import {
  getGradient,
  getKernel,
  type KernelConfig,
  registerGradient,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { described } from '../checks.js';
import { RecurrenceError } from '../errors.js';
import type { TensorName } from '../problem.js';
import type { FusedImplementation, NamedInfos } from './contract.js';
import { gradientOfGradient, recurrenceGradient } from './gradient.js';
import {
  differentiable,
  type GradientAttributes,
  type KernelAttributes,
  RECURRENCE,
  RECURRENCE_GRADIENT,
} from './kernel-attributes.js';

/** tfjs stores the config object itself, so what it carries besides can be read back. */
export interface FusedKernelConfig extends KernelConfig {
  implementation?: FusedImplementation;
}

const named = (infos: readonly TensorInfo[], names: readonly TensorName[]): NamedInfos =>
  Object.fromEntries(names.map((name, i) => [name, infos[i]]));

/**
 * Makes `recurrence` use a fused implementation on one backend. Registering again replaces it.
 *
 * @param backendName the name in tfjs's registry, for example `'wasm'`.
 * @throws {@link RecurrenceError} without a name, or for an implementation that lacks one of its three functions.
 */
export function registerFused(backendName: string, implementation: FusedImplementation): void {
  if (typeof backendName !== 'string' || backendName === '') {
    throw new RecurrenceError(
      'registerFused',
      'the name of a backend',
      described(backendName),
      "Such as 'wasm'.",
    );
  }
  for (const part of ['supports', 'forward', 'backward'] as const) {
    if (typeof implementation?.[part] === 'function') continue;
    const expected = `an implementation with a function ${part}`;
    throw new RecurrenceError(
      'registerFused',
      expected,
      described(implementation?.[part]),
      'Pass all three.',
    );
  }
  unregisterFused(backendName);
  const forward: FusedKernelConfig = {
    kernelName: RECURRENCE,
    backendName,
    implementation,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { recurrence, names, recordTape } = attrs as unknown as KernelAttributes;
      const tensors = named(inputs as unknown as TensorInfo[], names);
      return implementation.forward({ attributes: recurrence, tensors, recordTape, backend });
    },
  };
  const backward: KernelConfig = {
    kernelName: RECURRENCE_GRADIENT,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { recurrence, names, resultCount, inputGradient } = attrs as unknown as GradientAttributes;
      const all = inputs as unknown as TensorInfo[];
      const cotangentsFrom = all.length - resultCount;
      const gradients = implementation.backward({
        attributes: recurrence,
        tensors: named(all, names),
        outputs: all.slice(names.length, cotangentsFrom),
        cotangents: all.slice(cotangentsFrom),
        inputGradient,
        backend,
      });
      return differentiable({ names, inputGradient }).map((name) => gradients[name]!);
    },
  };
  registerKernel(forward);
  registerKernel(backward);
  for (const gradient of [recurrenceGradient, gradientOfGradient]) {
    if (getGradient(gradient.kernelName) === undefined) registerGradient(gradient);
  }
}

/** Gives one backend back to the reference; nothing happens where none was registered. */
export function unregisterFused(backendName: string): void {
  for (const name of [RECURRENCE, RECURRENCE_GRADIENT]) {
    if (getKernel(name, backendName) !== undefined) unregisterKernel(name, backendName);
  }
}
