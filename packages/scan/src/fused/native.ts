import { backend } from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';

/**
 * Multiply-adds of one product with the state from which TensorFlow on a CPU overtakes the fused kernels: its SIMD is wider,
 * and its cost per operation, which decides below, no longer shows. Measured between 8e6 and 17e6 (apps/bench,
 * src/tensorflow.mjs) on a processor with AVX-512.
 */
const NATIVE_FROM = 1.2e7;

/** Whether the current backend is native TensorFlow, and better left to itself on this problem. */
export function nativeIsBetter({ attributes, tensors }: RecurrenceProblem): boolean {
  const { isUsingGpuDevice } = backend() as { isUsingGpuDevice?: boolean };
  // Only tfjs-node's backend says where it computes.
  if (isUsingGpuDevice === undefined) return false;
  // Tensors on a GPU would have to come to the CPU and go back.
  if (isUsingGpuDevice) return true;
  const matrices = [tensors.W, tensors.A, tensors.recurrentKernel];
  const entries = matrices.reduce((sum, matrix) => sum + (matrix?.size ?? 0), 0);
  return attributes.batch * entries > NATIVE_FROM;
}
