import {
  broadcastTo,
  cast,
  expandDims,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
  unstack,
  where,
} from '@tensorflow/tfjs-core';
import type { RecurrenceProblem } from '../problem.js';
import { dynamicalFamily } from './dynamical.js';
import { gruFamily } from './gru.js';
import { lstmFamily } from './lstm.js';
import { stackTime } from './time-axis.js';

/** One family, prepared for a sequence: everything that does not depend on the time step is already computed. */
export interface Family {
  initial: Tensor2D[];
  /** The input's contribution at each time step, [batch, k]. */
  drives: Tensor2D[];
  /** The next state from the state and the drive; the first member is the output. */
  step(state: Tensor2D[], drive: Tensor2D): Tensor2D[];
}

/** The recurrence in plain tfjs operations: [states (if wanted), ...final state], each a tensor of its own. */
export function reference(problem: RecurrenceProblem): Tensor[] {
  const { family, goBackwards, returnSequences, time, units, batch } = problem.attributes;
  const { initial, drives, step } =
    family === 'lstm'
      ? lstmFamily(problem)
      : family === 'gru'
        ? gruFamily(problem)
        : dynamicalFamily(problem);
  const masks = problem.tensors.mask && perStepMasks(problem.tensors.mask, [batch, units]);
  const states: Tensor2D[] = [];
  let state = initial;
  for (let i = 0; i < time; i++) {
    const t = goBackwards ? time - 1 - i : i;
    const previous = state;
    state = tidy(() => {
      const next = step(previous, drives[t]!);
      // Selecting rather than blending keeps what is behind the mask out, even where it is not finite.
      return masks ? next.map((value, j) => where(masks[t]!, value, previous[j]!)) : next;
    });
    if (returnSequences) states.push(state[0]!);
  }
  // A clone, so that the caller owns a final state apart from a sequence or an initial state it may hold too.
  const finalState = state.map((value) => value.clone());
  return returnSequences ? [transpose(stackTime(states), [1, 0, 2]), ...finalState] : finalState;
}

/** Boolean [batch, units] at each time step. */
function perStepMasks(mask: Tensor, shape: [number, number]): Tensor2D[] {
  return unstack(cast(mask, 'bool'), 1).map(
    (column) => broadcastTo(expandDims(column, 1), shape) as Tensor2D,
  );
}
