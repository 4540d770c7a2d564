import {
  expandDims,
  notEqual,
  type Rank,
  type Tensor,
  type Tensor2D,
  tidy,
  transpose,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import type { FamilyProblem } from '../problem.js';
import { drivesOf } from './drive.js';
import { type Guard, keepWhere, select } from './select.js';
import { stackTime } from './time-axis.js';

/** The recurrence in plain tfjs operations: [states (if wanted), ...final state], each a tensor of its own. */
export function runPlain(given: FamilyProblem): Tensor[] {
  const { units, batch, goBackwards, returnSequences, time, tokens } = given.attributes;
  // As when tfjs casts to bool: any number but 0 is true, NaN too. (The cast of its wasm backend cuts numbers down to bytes.)
  const mask = given.tensors.mask && notEqual(given.tensors.mask, 0);
  const problem = mask && !tokens ? withoutMaskedInputs(given, mask) : given;
  const { family, tensors } = problem;
  const { kernel, bias, step } = family.prepare(problem);
  const initial = family.initial.map(
    ({ name, width }) => (tensors[name] as Tensor2D | undefined) ?? zeros<Rank.R2>([batch, width * units]),
  );
  const drives = drivesOf(problem, kernel, bias);
  const masks = mask && unstack(mask, 1).map((column) => expandDims(column, 1));
  const states: Tensor2D[] = [];
  let state = initial;
  for (let i = 0; i < time; i++) {
    const t = goBackwards ? time - 1 - i : i;
    const previous = state;
    state = tidy(() => {
      if (masks === undefined) return step(previous, drives[t]!, unguarded);
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

const unguarded: Guard = (rows) => rows;

/** What is behind the mask must not matter, even where it is not finite. */
function withoutMaskedInputs(problem: FamilyProblem, mask: Tensor): FamilyProblem {
  const { tensors } = problem;
  return { ...problem, tensors: { ...tensors, inputs: keepWhere(expandDims(mask, 2), tensors.inputs) } };
}
