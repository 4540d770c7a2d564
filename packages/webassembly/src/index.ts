export type { Builds } from './binary.js';
export { MemoryError, ThreadError, type Wording } from './errors.js';
export type { Heap } from './heap.js';
export {
  type Capabilities,
  type KernelExports,
  type KernelOptions,
  Kernels,
  type Machine,
} from './kernels.js';
export { Act, Family } from './network-codes.js';
