import { engine, type NamedAttrMap, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { FamilyProblem, RecurrenceAttributes, RecurrenceProblem, TensorName } from '../problem.js';
import { type KernelAttributes, RECURRENCE } from './kernel-attributes.js';
import { implementationsOn } from './register.js';

/** Whether a fused implementation will run this problem here and now. */
function fusedServes(problem: FamilyProblem): boolean {
  // Inside a nested gradient the backward pass itself must be differentiable: only plain operations are.
  if (engine().state.gradientDepth >= 2) return false;
  const implementation = implementationsOn(currentBackend())?.get(problem.family.name);
  return implementation?.supports(problem as unknown as RecurrenceProblem) === true;
}

/** The states (if wanted) and the final states, by the kernel of the current backend; undefined where it has none for them. */
export function runFused(problem: FamilyProblem): Tensor[] | undefined {
  if (!fusedServes(problem)) return undefined;
  const { family, attributes, tensors } = problem;
  const names = Object.keys(tensors) as TensorName[];
  const { gradientDepth, kernelDepth } = engine().state;
  const attrs: KernelAttributes = {
    recurrence: attributes as RecurrenceAttributes,
    names,
    resultCount: (attributes.returnSequences ? 1 : 0) + family.initial.length,
    recordTape: gradientDepth > 0 && kernelDepth === 0,
  };
  // A list of inputs, as in tfjs's own Concat: only a list can be saved for the gradient whatever its members.
  const inputs = names.map((name) => tensors[name]!);
  const outputs = engine().runKernel(
    RECURRENCE,
    inputs as unknown as NamedTensorMap,
    attrs as unknown as NamedAttrMap,
  ) as Tensor[] | Tensor;
  return [outputs].flat().slice(0, attrs.resultCount);
}

function currentBackend(): string {
  const current = engine();
  // tfjs starts a backend at the first use; reading it has that effect.
  if (current.backendName == null) void current.backend;
  return current.backendName;
}
