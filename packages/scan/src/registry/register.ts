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
import { families } from '../families/index.js';
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

type Implementations = ReadonlyMap<string, FusedImplementation>;

/** tfjs stores the config object itself, so what it carries besides can be read back. */
interface FusedKernelConfig extends KernelConfig {
  /** By the family that each has kernels for. */
  implementations?: Implementations;
}

const OWN_FAMILIES = Object.keys(families);

/** What one backend has kernels for, by the name of the family. */
export function implementationsOn(backendName: string): Implementations | undefined {
  return (getKernel(RECURRENCE, backendName) as FusedKernelConfig | undefined)?.implementations;
}

const named = (infos: readonly TensorInfo[], names: readonly TensorName[]): NamedInfos =>
  Object.fromEntries(names.map((name, i) => [name, infos[i]]));

/**
 * Makes `recurrence` use a fused implementation on one backend, for the families that it lists. It replaces what was registered for
 * them before.
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
  const { families: served = OWN_FAMILIES } = implementation;
  const implementations = new Map([
    ...(implementationsOn(backendName) ?? []),
    ...served.map((family) => [family, implementation] as const),
  ]);
  unregisterFused(backendName);
  const forward: FusedKernelConfig = {
    kernelName: RECURRENCE,
    backendName,
    implementations,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { recurrence, names, recordTape } = attrs as unknown as KernelAttributes;
      const tensors = named(inputs as unknown as TensorInfo[], names);
      return implementations
        .get(recurrence.family)!
        .forward({ attributes: recurrence, tensors, recordTape, backend });
    },
  };
  const backward: KernelConfig = {
    kernelName: RECURRENCE_GRADIENT,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { recurrence, names, resultCount, inputGradient } = attrs as unknown as GradientAttributes;
      const all = inputs as unknown as TensorInfo[];
      const cotangentsFrom = all.length - resultCount;
      const gradients = implementations.get(recurrence.family)!.backward({
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

/** Gives one backend back to plain operations; nothing happens where none was registered. */
export function unregisterFused(backendName: string): void {
  for (const name of [RECURRENCE, RECURRENCE_GRADIENT]) {
    if (getKernel(name, backendName) !== undefined) unregisterKernel(name, backendName);
  }
}
