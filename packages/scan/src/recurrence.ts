import { type Tensor, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { runPlain } from './plain/run.js';
import { runFused } from './registry/run.js';
import { resolveProblem } from './resolve.js';
import type { RecurrenceInputs, RecurrenceResult, RecurrenceResultWithStates } from './shared-spec.js';
import type { AnyRecurrenceSpec, FamilySpec, RecurrenceSpec } from './spec.js';

/**
 * Runs a recurrence over the time axis.
 *
 * Differentiable in the inputs, every parameter and the initial state. Where the current backend has a fused implementation that
 * serves the specification, it runs as one kernel; everywhere else, and inside nested gradients, as plain tfjs operations.
 * Both give the same numbers to float32 rounding, and NaN and infinities in the same places: they follow IEEE arithmetic, so whatever
 * depends on a NaN is NaN, gradients too, except behind a mask.
 *
 * @param inputs vectors [batch, time, inputDim] in float32, or tokens [batch, time] in int32: then z_t takes row x_t of
 *   the kernels, and each token must lie in 0..inputDim-1.
 * @param spec what happens at each time step; the defaults are those of {@link DynamicalSpec}: one Euler step of size 1
 *   added to the state, tanh. A family of your own is one that {@link defineFamily} made.
 * @returns the states [batch, time, units] in the order they were computed, and the state after the last step.
 * @throws {@link RecurrenceError} where a shape, data type, token or option does not fit; of the fused implementation also
 *   {@link MemoryError} for sizes that WebAssembly cannot address and {@link ThreadError} where a worker thread died.
 */
export function recurrence(
  inputs: RecurrenceInputs,
  spec: RecurrenceSpec & { returnSequences?: true },
): RecurrenceResultWithStates;
export function recurrence(inputs: RecurrenceInputs, spec: RecurrenceSpec): RecurrenceResult;
export function recurrence<Options extends object>(
  inputs: RecurrenceInputs,
  spec: FamilySpec<Options> & { returnSequences?: true },
): RecurrenceResultWithStates;
export function recurrence<Options extends object>(
  inputs: RecurrenceInputs,
  spec: FamilySpec<Options>,
): RecurrenceResult;
export function recurrence(inputs: RecurrenceInputs, spec: AnyRecurrenceSpec): RecurrenceResult {
  const problem = resolveProblem(inputs, spec);
  const outputs: Tensor[] = runFused(problem) ?? tidy(() => runPlain(problem));
  const [states, ...rest] = outputs;
  const finalState = (problem.attributes.returnSequences ? rest : outputs) as RecurrenceResult['finalState'];
  return { ...(problem.attributes.returnSequences && { states: states as Tensor3D }), finalState };
}
