import {
  engine,
  type GradConfig,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { RecurrenceError } from '../errors.js';
import type { TensorName } from '../problem.js';
import { MAX_RESIDUALS } from './contract.js';
import {
  differentiable,
  type GradientAttributes,
  type KernelAttributes,
  RECURRENCE,
  RECURRENCE_GRADIENT,
} from './kernel-attributes.js';

/** More than any family with a kernel has. */
const MAX_STATES = 8;

/** The gradient of the recurrence, on every backend: it runs the gradient kernel. */
export const recurrenceGradient: GradConfig = {
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
export const gradientOfGradient: GradConfig = {
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
