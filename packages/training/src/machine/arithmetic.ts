import { arithmetic } from '@hurwitz/kernels';
import { getBackend } from '@tensorflow/tfjs-core';

/** What decides the bits of a training on this machine: the backend of tfjs, and the kernels of recurrences. */
export const arithmeticInUse = (): string => `${getBackend()} with kernels ${arithmetic()}`;
