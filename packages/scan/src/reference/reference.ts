import {
  expandDims,
  notEqual,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';
import { dynamicalFamily } from './dynamical.js';
import { gruFamily } from './gru.js';
import { lstmFamily } from './lstm.js';
import { type Guard, keepWhere, select } from './select.js';
import { stackTime } from './time-axis.js';

/** One family, prepared for a sequence: everything that does not depend on the time step is already computed. */
export interface Family {
  initial: Tensor2D[];
  /** The input's contribution at each time step, [batch, k]. */
  drives: Tensor2D[];
  /**
   * The next state from the state and the drive; the first member is the output. Where rows may be masked, every product with
   * weights goes through `guard`, as state and drive have.
   */
  step(state: Tensor2D[], drive: Tensor2D, guard?: Guard): Tensor2D[];
}

/** The recurrence in plain tfjs operations: [states (if wanted), ...final state], each a tensor of its own. */
export function reference(given: RecurrenceProblem): Tensor[] {
  const { family, goBackwards, returnSequences, time, tokens } = given.attributes;
  // As when tfjs casts to bool: any number but 0 is true, NaN too. (The cast of its wasm backend cuts numbers down to bytes.)
  const mask = given.tensors.mask && notEqual(given.tensors.mask, 0);
  const problem = mask && !tokens ? withoutMaskedInputs(given, mask) : given;
  const { initial, drives, step } =
    family === 'lstm'
      ? lstmFamily(problem)
      : family === 'gru'
        ? gruFamily(problem)
        : dynamicalFamily(problem);
  const masks = mask && unstack(mask, 1).map((column) => expandDims(column, 1));
  const states: Tensor2D[] = [];
  let state = initial;
  for (let i = 0; i < time; i++) {
    const t = goBackwards ? time - 1 - i : i;
    const previous = state;
    state = tidy(() => {
      if (masks === undefined) return step(previous, drives[t]!);
      const here = masks[t]!;
      const guard: Guard = (rows) => keepWhere(here, rows);
      const next = step(previous.map(guard), guard(drives[t]!), guard);
      return next.map((value, j) => select(here, value, previous[j]!));
    });
    if (returnSequences) states.push(state[0]!);
  }
  // A clone, so that the caller owns a final state apart from a sequence or an initial state it may hold too.
  const finalState = state.map((value) => value.clone());
  return returnSequences ? [transpose(stackTime(states), [1, 0, 2]), ...finalState] : finalState;
}

/** What is behind the mask must not matter, even where it is not finite. */
function withoutMaskedInputs({ attributes, tensors }: RecurrenceProblem, mask: Tensor): RecurrenceProblem {
  return { attributes, tensors: { ...tensors, inputs: keepWhere(expandDims(mask, 2), tensors.inputs) } };
}
