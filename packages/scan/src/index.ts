export {
  type Capabilities,
  capabilities,
  type FusedMemory,
  fusedMemory,
  MemoryError,
  multiplyAddRate,
  setMaxTapeBytes,
  setThreads,
  ThreadError,
} from '@hurwitz/kernels';
export type { FlatNetwork, NetworkDescription } from '@hurwitz/network';
export { defineFamily } from './define-family.js';
export { RecurrenceError } from './errors.js';
export type { Activation, DynamicalSpec, GateSpec } from './families/dynamical/options.js';
export type { CellActivation } from './families/gated/options.js';
export type { GRUSpec } from './families/gru/options.js';
export { families } from './families/index.js';
export type { LSTMSpec } from './families/lstm/options.js';
export type {
  AnyFamily,
  FamilyDefinition,
  FamilySizes,
  FamilyTensor,
  FamilyWeights,
  HostTensor,
  PreparedPropagation,
  PreparedStep,
  Propagated,
  RecurrentFamily,
  TangentMap,
  TangentPoint,
} from './family.js';
export { fuse, unfuse } from './fused/register.js';
export { activation as tensorActivation, type PlainActivation } from './plain/activations.js';
export type { Guard } from './plain/select.js';
export type { RecurrenceAttributes, RecurrenceProblem, TensorName } from './problem.js';
export { recurrence } from './recurrence.js';
export {
  type BackwardRequest,
  type ForwardRequest,
  type FusedImplementation,
  MAX_RESIDUALS,
  type NamedInfos,
} from './registry/contract.js';
export { RECURRENCE, RECURRENCE_GRADIENT } from './registry/kernel-attributes.js';
export { registerFused, unregisterFused } from './registry/register.js';
export { resolveWeights } from './resolve.js';
export type {
  RecurrenceInputs,
  RecurrenceResult,
  RecurrenceResultWithStates,
  SharedSpec,
} from './shared-spec.js';
export type { AnyRecurrenceSpec, FamilySpec, RecurrenceSpec } from './spec.js';
