import { nextState } from '@hurwitz/network';
import type { MatrixLike } from '@hurwitz/stability';
import { EquivalenceError } from './errors.js';
import { checkInputsWithin, type InputBounded } from './input-bound.js';
import { checkFlag, checkOptions, toRows } from './numeric-input.js';
import { type Network, outputOf, type RNNModel, toNetwork } from './rnn-model.js';

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
  options: { checkInputs?: boolean } = {},
): number[][] {
  const where = 'runRNN';
  checkOptions(where, options, { checkInputs: true });
  const { checkInputs = false } = options;
  checkFlag(where, 'checkInputs', checkInputs);
  const network = toNetwork(where, model);
  const inputs = toRows(where, 'x', x, { columns: network.kernel.length });
  if (checkInputs) checkInputsWithin(where, inputs, model);
  return outputsOf(where, network, inputs);
}

/** The same for copied and checked input. */
export function outputsOf(where: string, network: Network, inputs: readonly number[][]): number[][] {
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
