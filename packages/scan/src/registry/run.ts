import {
  engine,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { families } from '../families/index.js';
import type { FamilyProblem, RecurrenceAttributes, RecurrenceProblem, TensorName } from '../problem.js';
import { type KernelAttributes, RECURRENCE } from './kernel-attributes.js';
import type { FusedKernelConfig } from './register.js';

const OWN_FAMILIES = Object.keys(families);

/** Whether a fused implementation will run this problem here and now. */
function fusedServes(problem: FamilyProblem): boolean {
  // Inside a nested gradient the backward pass itself must be differentiable: only plain operations are.
  if (engine().state.gradientDepth >= 2) return false;
  const config = getKernel(RECURRENCE, currentBackend()) as FusedKernelConfig | undefined;
  const implementation = config?.implementation;
  if (implementation === undefined) return false;
  const { families: served = OWN_FAMILIES } = implementation;
  return (
    served.includes(problem.family.name) && implementation.supports(problem as unknown as RecurrenceProblem)
  );
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
