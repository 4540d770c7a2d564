import { arithmetic } from '@hurwitz/kernels';
import { getBackend } from '@tensorflow/tfjs-core';

/**
 * What decides the bits of a training on this machine: the backend of tfjs, and the kernels of recurrences. Undefined where no
 * backend is set, so that nothing is computed.
 */
export function arithmeticInUse(): string | undefined {
  const backend = getBackend() as string | undefined;
  return backend === undefined ? undefined : `${backend} with kernels ${arithmetic()}`;
}
