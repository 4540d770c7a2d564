import {
  engine,
  type GradConfig,
  getGradient,
  getKernel,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  unregisterKernel,
  zeros,
} from '@tensorflow/tfjs-core';
import { described } from './checks.js';
import { RecurrenceError } from './errors.js';
import { families } from './families/index.js';
import type { FamilyProblem, RecurrenceAttributes, RecurrenceProblem, TensorName } from './problem.js';

/*
 * How a fused implementation takes over from the reference.
 *
 * Per backend two kernels stand in tfjs's registry: the recurrence and its gradient. The gradient of the first is
 * registered once, for all backends, and runs the second. `recurrence` uses them when the current backend has them and
 * their `supports` accepts the problem; it keeps to the reference inside nested gradients, so second derivatives
 * are always right and an implementation never needs to be differentiable itself.
 */

/** The names of the forward and the gradient kernel in tfjs's registry. */
export const RECURRENCE = 'HurwitzRecurrence';
export const RECURRENCE_GRADIENT = 'HurwitzRecurrenceGrad';

/** Tensors by name, as the backend sees them. Absent ones are missing, see {@link RecurrenceProblem}. */
export type NamedInfos = Partial<Record<TensorName, TensorInfo>>;

export interface ForwardRequest {
  attributes: RecurrenceAttributes;
  tensors: NamedInfos;
  /** A gradient may be asked for; when false, nothing needs to be kept for it. */
  recordTape: boolean;
  /** The tfjs backend that holds the tensors (`readSync`, and on wasm the heap). */
  backend: object;
}

export interface BackwardRequest {
  attributes: RecurrenceAttributes;
  tensors: NamedInfos;
  /** All that `forward` returned for the same problem, in its order. */
  outputs: TensorInfo[];
  /** Cotangents of `states` (if `returnSequences`) and of each final state, in that order; zeros where unused. */
  cotangents: TensorInfo[];
  /** Whether the gradient of float inputs is asked for; for tokens there is none. */
  inputGradient: boolean;
  backend: object;
}

/** The recurrence of one backend, forward and backward through time. */
export interface FusedImplementation {
  /** The names of the families that it has kernels for; those of this package when absent. */
  readonly families?: readonly string[];
  /** Whether it can serve this problem; the reference does otherwise. Only shapes and data types may be read. */
  supports(problem: RecurrenceProblem): boolean;
  /**
   * Returns, newly allocated on the backend: states [batch, time, units] (only if `returnSequences`), then the final h,
   * (LSTM) the final c, then any number up to {@link MAX_RESIDUALS} of tensors that `backward` wants to see again. tfjs
   * keeps them until the gradient has run and then disposes of them; it also makes a zero cotangent for each, so let them
   * be small, such as the handle of a tape that lives elsewhere.
   */
  forward(request: ForwardRequest): TensorInfo[];
  /** Returns the gradient of every float32 tensor given but the mask and, unless asked for, the inputs; more are ignored. */
  backward(request: BackwardRequest): NamedInfos;
}

export const MAX_RESIDUALS = 4;

/** More than any family with a kernel has. */
const MAX_STATES = 8;

const OWN_FAMILIES = Object.keys(families);

/** tfjs stores the config object itself, so what it carries besides can be read back. */
interface FusedKernelConfig extends KernelConfig {
  implementation?: FusedImplementation;
}

interface SharedAttributes {
  recurrence: RecurrenceAttributes;
  names: TensorName[];
  /** Outputs that are part of the result: states (if wanted), final states. What follows is the implementation's own. */
  resultCount: number;
}
type KernelAttributes = SharedAttributes & { recordTape: boolean };
type GradientAttributes = SharedAttributes & { inputGradient: boolean };

const named = (infos: readonly TensorInfo[], names: readonly TensorName[]): NamedInfos =>
  Object.fromEntries(names.map((name, i) => [name, infos[i]]));

/** Tensors whose gradients the backward pass gives. */
const differentiable = ({
  names,
  inputGradient,
}: Pick<GradientAttributes, 'names' | 'inputGradient'>): TensorName[] =>
  names.filter((name) => name !== 'mask' && (name !== 'inputs' || inputGradient));

/**
 * Makes `recurrence` use a fused implementation on one backend. Registering again replaces it.
 *
 * @param backendName the name in tfjs's registry, for example `'wasm'`.
 * @throws {@link RecurrenceError} without a name, or for an implementation that lacks one of its three functions.
 */
export function registerFused(backendName: string, implementation: FusedImplementation): void {
  if (typeof backendName !== 'string' || backendName === '') {
    throw new RecurrenceError(
      'registerFused',
      'the name of a backend',
      described(backendName),
      "Such as 'wasm'.",
    );
  }
  for (const part of ['supports', 'forward', 'backward'] as const) {
    if (typeof implementation?.[part] === 'function') continue;
    const expected = `an implementation with a function ${part}`;
    throw new RecurrenceError(
      'registerFused',
      expected,
      described(implementation?.[part]),
      'Pass all three.',
    );
  }
  unregisterFused(backendName);
  const forward: FusedKernelConfig = {
    kernelName: RECURRENCE,
    backendName,
    implementation,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { recurrence, names, recordTape } = attrs as unknown as KernelAttributes;
      const tensors = named(inputs as unknown as TensorInfo[], names);
      return implementation.forward({ attributes: recurrence, tensors, recordTape, backend });
    },
  };
  const backward: KernelConfig = {
    kernelName: RECURRENCE_GRADIENT,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { recurrence, names, resultCount, inputGradient } = attrs as unknown as GradientAttributes;
      const all = inputs as unknown as TensorInfo[];
      const cotangentsFrom = all.length - resultCount;
      const gradients = implementation.backward({
        attributes: recurrence,
        tensors: named(all, names),
        outputs: all.slice(names.length, cotangentsFrom),
        cotangents: all.slice(cotangentsFrom),
        inputGradient,
        backend,
      });
      return differentiable({ names, inputGradient }).map((name) => gradients[name]!);
    },
  };
  registerKernel(forward);
  registerKernel(backward);
  for (const gradient of [recurrenceGradient, gradientOfGradient]) {
    if (getGradient(gradient.kernelName) === undefined) registerGradient(gradient);
  }
}

/** Gives one backend back to the reference; nothing happens where none was registered. */
export function unregisterFused(backendName: string): void {
  for (const name of [RECURRENCE, RECURRENCE_GRADIENT]) {
    if (getKernel(name, backendName) !== undefined) unregisterKernel(name, backendName);
  }
}

/** Whether a fused implementation will run this problem here and now. */
export function fusedServes(problem: FamilyProblem): boolean {
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

/** Runs the registered kernel; the outputs are the states (if wanted) and the final states. */
export function runFused({ family, attributes, tensors }: FamilyProblem): Tensor[] {
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

const recurrenceGradient: GradConfig = {
  kernelName: RECURRENCE,
  saveAllInputs: true,
  outputsToSave: Array.from({ length: 1 + MAX_STATES + MAX_RESIDUALS }, () => true),
  gradFunc: (dy, saved, attrs) => {
    const { recurrence, names, resultCount } = attrs as unknown as KernelAttributes;
    const cotangents = [dy].flat().slice(0, resultCount);
    const { activeScope } = engine().state;
    let gradients: Partial<Record<TensorName, Tensor>> = {};
    const run = (inputGradient: boolean): void => {
      const attributes: GradientAttributes = { recurrence, names, resultCount, inputGradient };
      const results = inScope(activeScope, () =>
        engine().runKernel(
          RECURRENCE_GRADIENT,
          [...saved, ...cotangents] as unknown as NamedTensorMap,
          attributes as unknown as NamedAttrMap,
        ),
      ) as Tensor[] | Tensor;
      const list = [results].flat();
      gradients = Object.fromEntries(differentiable(attributes).map((name, i) => [name, list[i]!]));
    };
    // tfjs asks for the gradients that it wants, and in this order: the inputs, which come first, or never.
    return Object.fromEntries(
      names.map((name, i) => [
        String(i),
        () => {
          if (name === 'mask' || (name === 'inputs' && recurrence.tokens)) return zeros(saved[i]!.shape);
          if (gradients[name] === undefined) run(name === 'inputs');
          return gradients[name]!;
        },
      ]),
    );
  },
};

/** Reached where an inner gradient goes back through a recurrence that ran before it, as a kernel. */
const gradientOfGradient: GradConfig = {
  kernelName: RECURRENCE_GRADIENT,
  gradFunc: () => {
    throw new RecurrenceError(
      'recurrence',
      'to be called inside the inner of two gradients, where second derivatives are available',
      'a call between the two',
      'Call it in the function that the inner gradient takes, or unfuse() first.',
    );
  },
};

type Scope = ReturnType<typeof engine>['state']['activeScope'];

/** Runs `make` so that its tensors live as long as `scope`: tfjs tidies up after each gradient that it asks for. */
function inScope<T>(scope: Scope, make: () => T): T {
  const { state } = engine();
  const inner = state.scopeStack.splice(state.scopeStack.indexOf(scope) + 1);
  const { activeScope } = state;
  state.activeScope = scope;
  try {
    return make();
  } finally {
    state.scopeStack.push(...inner);
    state.activeScope = activeScope;
  }
}

function currentBackend(): string {
  const current = engine();
  // tfjs starts a backend at the first use; reading it has that effect.
  if (current.backendName == null) void current.backend;
  return current.backendName;
}
