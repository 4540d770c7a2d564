import { described } from '@hurwitz/input';
import type { MatrixLike } from '@hurwitz/stability';
import { TruncationError } from './errors.js';
import { checkCounts, toList, toRows } from './numeric-input.js';
import { lastState, type RecurrentModel, toNetwork } from './rnn-model.js';

/**
 * The truncated model's state h_T^k [units]: from zero, driven by the last k inputs only.
 *
 * @param x [time, inputDim]
 * @param k from 1 to the length of x.
 * @throws TruncationError when k is not such an integer, shapes disagree, or a number is not finite.
 */
export function truncatedState(model: RecurrentModel, x: MatrixLike, k: number): number[] {
  const where = 'truncatedState';
  const { inputs, run } = prepare(where, model, x);
  checkLength(where, k, inputs.length);
  return run(inputs.slice(inputs.length - k));
}

/** How far truncation to k steps moves the final state. */
export interface TruncationDistance {
  readonly k: number;
  /** ‖h_T - h_T^k‖₂, to hold against `lemma1Bound`. */
  readonly distance: number;
}

/**
 * Distances between the recurrent state h_T and the truncated states h_T^k.
 *
 * @param x [time, inputDim]
 * @param ks truncation lengths, each from 1 to the length of x.
 * @throws TruncationError as `truncatedState` does.
 */
export function truncationDistances(
  model: RecurrentModel,
  x: MatrixLike,
  ks: readonly number[],
): TruncationDistance[] {
  const where = 'truncationDistances';
  const { inputs, run } = prepare(where, model, x);
  const full = run(inputs);
  return toList(where, 'ks', ks).map((k) => {
    checkLength(where, k, inputs.length);
    const truncated = run(inputs.slice(inputs.length - k));
    return { k, distance: Math.hypot(...full.map((entry, i) => entry - truncated[i]!)) };
  });
}

/** Refuses a truncation length that is not an integer from 1 to the length of the sequence. */
export function checkLength(where: string, k: number, time: number): void {
  if (Number.isInteger(k) && k >= 1 && k <= time) return;
  const fix = 'A truncated model looks back over 1 to all inputs.';
  throw new TruncationError(where, `k to be an integer from 1 to the sequence's ${time}`, described(k), fix);
}

function prepare(
  where: string,
  model: RecurrentModel,
  x: MatrixLike,
): { inputs: number[][]; run: (inputs: number[][]) => number[] } {
  if (model !== null && typeof model === 'object' && 'step' in model) {
    const { stateSize, inputSize } = model;
    checkCounts(where, { stateSize, inputSize });
    if (typeof model.step !== 'function') {
      const fix = 'Pass a map, as vanillaMap of @hurwitz/stability gives it.';
      throw new TruncationError(where, 'step to be a function', described(model.step), fix);
    }
    const inputs = toRows(where, 'x', x, { columns: inputSize });
    const run = (part: number[][]) => {
      let state = new Float64Array(stateSize);
      for (const input of part) state = Float64Array.from(model.step(state, Float64Array.from(input)));
      return finite(where, Array.from(state));
    };
    return { inputs, run };
  }
  const network = toNetwork(where, model);
  const inputs = toRows(where, 'x', x, { columns: network.kernel.length });
  return { inputs, run: (part) => finite(where, lastState(network, part)) };
}

function finite(where: string, state: number[]): number[] {
  if (state.every(Number.isFinite)) return state;
  throw new TruncationError(where, 'a finite state', 'an overflow', 'The model is unstable on these inputs.');
}
