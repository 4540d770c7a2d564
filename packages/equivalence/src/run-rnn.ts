import { nextState } from '@hurwitz/rnn-model';
import type { MatrixLike } from '@hurwitz/stability';
import { EquivalenceError, InputBoundError } from './errors.js';
import { checkNumber, toRows } from './numeric-input.js';
import { type InputBounded, type InputNorm, outputOf, type RNNModel, toNetwork } from './rnn-model.js';

/**
 * Outputs [time][outputs] of a network from its initial state on one input sequence, in float64.
 *
 * @param x [time, inputDim]
 * @param options.checkInputs refuse inputs beyond the model's `inputBound`, as `unitaryFromContractive` gives it.
 * @throws EquivalenceError when shapes disagree, a number is not finite, or checking is asked of a model without a bound.
 * @throws InputBoundError in checking mode, at the first input beyond the bound.
 */
export function runRNN(
  model: RNNModel & Partial<InputBounded>,
  x: MatrixLike,
  { checkInputs = false }: { checkInputs?: boolean } = {},
): number[][] {
  const where = 'runRNN';
  const network = toNetwork(where, model);
  const inputs = toRows(where, 'x', x, { columns: network.kernel.length });
  if (checkInputs) checkInputBound(where, inputs, model);
  let state = network.initialState;
  return inputs.map((input, step) => {
    state = nextState(network, state, input);
    if (!state.every(Number.isFinite)) {
      const fix = 'The network is unstable on these inputs; scale W or the inputs.';
      throw new EquivalenceError(where, 'finite states', `an overflow at step ${step}`, fix);
    }
    return outputOf(network, state);
  });
}

/** The size of an input in the norm of its bound. */
export const inputSize = (input: readonly number[], norm: InputNorm): number =>
  norm === '2' ? Math.hypot(...input) : Math.max(...input.map(Math.abs));

function checkInputBound(
  where: string,
  inputs: readonly number[][],
  { inputBound, inputNorm = 'infinity' }: Partial<InputBounded>,
): void {
  if (inputBound === undefined) {
    const fix = 'Pass what unitaryFromContractive returns, or set inputBound.';
    throw new EquivalenceError(where, 'a model with an inputBound', 'none', fix);
  }
  checkNumber(where, 'inputBound', inputBound, { least: 0 });
  for (const [step, input] of inputs.entries()) {
    const size = inputSize(input, inputNorm);
    // hypot of a point on the sphere may round to one unit in the last place above the radius
    if (size > inputBound * (1 + 4 * Number.EPSILON))
      throw new InputBoundError(where, step, size, inputBound);
  }
}
