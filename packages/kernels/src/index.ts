export type * from './contract.js';
export { arithmetic, devices, recurrenceDevice, registerDevice, tangentDevice } from './devices.js';
export { KernelsError, MemoryError, ThreadError, type Wording } from './errors.js';
export { capabilities, setThreads, threadCount } from './machine.js';
export { type FusedMemory, fusedMemory, multiplyAddRate } from './measure.js';
export type { Capabilities } from './runtime/kernels.js';
export { maxTapeBytes, setMaxTapeBytes } from './tape-limit.js';
