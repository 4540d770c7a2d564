import { theMachine } from './machine.js';

/** The memory of the WebAssembly kernels, which tf.memory() does not see. */
export interface FusedMemory {
  /** Bytes in use: tapes between a forward pass and its gradient, and trajectories that advance. */
  usedBytes: number;
  /** Bytes that the WebAssembly memory has grown to; it never shrinks. */
  reservedBytes: number;
}

/** What the WebAssembly kernels hold in memory now: nothing where they cannot run. */
export function fusedMemory(): FusedMemory {
  const heap = theMachine()?.heap;
  return { usedBytes: heap?.usedBytes ?? 0, reservedBytes: heap?.size ?? 0 };
}

const ROUNDS = 1e6;
/** Twelve chains of multiply-adds on four lanes, two operations each. */
const OPERATIONS = 12 * 4 * 2;

/**
 * Multiply-adds on registers alone, over about 2 ms: the rate that no kernel on one thread of this machine can pass.
 *
 * @returns operations per second; a multiply-add counts as two. 0 where the kernels cannot run.
 */
export function multiplyAddRate(): number {
  const machine = theMachine();
  if (machine === undefined) return 0;
  const { exports, heap } = machine;
  const at = heap.allocate(64, {
    where: 'multiplyAddRate',
    memory: 'memory',
    fix: 'Free some of what the kernels hold.',
  });
  const start = performance.now();
  exports.multiplyAdd(ROUNDS, at);
  const seconds = (performance.now() - start) / 1000;
  heap.release(at);
  return (ROUNDS * OPERATIONS) / seconds;
}
