export { type Capabilities, MemoryError, ThreadError } from '@hurwitz/webassembly';
export { RecurrenceError } from './errors.js';
export { setMaxTapeBytes } from './fused/forward.js';
export { capabilities, setThreads } from './fused/machine.js';
export { type FusedMemory, fusedMemory, multiplyAddRate } from './fused/measure.js';
export { fuse, unfuse } from './fused/register.js';
export {
  type BackwardRequest,
  type ForwardRequest,
  type FusedImplementation,
  MAX_RESIDUALS,
  type NamedInfos,
  RECURRENCE,
  RECURRENCE_GRADIENT,
  registerFused,
  unregisterFused,
} from './kernel.js';
export type { CellActivation, RecurrenceAttributes, RecurrenceProblem, TensorName } from './problem.js';
export { recurrence } from './recurrence.js';
export type {
  Activation,
  DynamicalSpec,
  GateSpec,
  GRUSpec,
  LSTMSpec,
  RecurrenceInputs,
  RecurrenceResult,
  RecurrenceResultWithStates,
  RecurrenceSpec,
  SharedSpec,
} from './spec.js';
