import { theAddon } from './addon.js';

/** What the native kernels found on this host. */
export interface NativeCapabilities {
  /** Instruction sets of this processor that there are kernels for, the fastest first: that one is used. */
  instructionSets: string[];
  /** Why there are none. */
  absence: string | undefined;
}

/** What the native kernels can use here. `HURWITZ_NATIVE` names another of the instruction sets to use. */
export function nativeCapabilities(): NativeCapabilities {
  const loaded = theAddon();
  if ('absence' in loaded) return { instructionSets: [], absence: loaded.absence };
  return { instructionSets: loaded.addon.instructionSets(), absence: undefined };
}

/** The native kernels' own memory, which neither tf.memory() nor V8 sees. */
export interface NativeMemory {
  /** Bytes in use: between a forward pass and its gradient, the tape. */
  usedBytes: number;
  /** These, and bytes kept for the next call. */
  reservedBytes: number;
}

/** What the native kernels hold in memory now: nothing where they are absent. */
export function nativeMemory(): NativeMemory {
  const loaded = theAddon();
  const [usedBytes, reservedBytes] = 'addon' in loaded ? loaded.addon.memory() : [0, 0];
  return { usedBytes, reservedBytes };
}

const ROUNDS = 3e5;

/**
 * Multiply-adds on registers alone, over some milliseconds: the rate that no kernel on one thread of this machine can pass.
 *
 * @returns operations per second; a multiply-add counts as two. 0 where the native kernels are absent.
 */
export function nativeMultiplyAddRate(): number {
  const loaded = theAddon();
  if ('absence' in loaded) return 0;
  const start = performance.now();
  const operations = loaded.addon.multiplyAdd(ROUNDS);
  return operations / ((performance.now() - start) / 1000);
}
