import { nextState, preActivation } from '@hurwitz/network';
import { type Complex, eigenvalues, type VectorLike } from '@hurwitz/stability';
import { EquivalenceError } from './errors.js';
import { checkCounts, checkOptions, toVector } from './numeric-input.js';
import { type RNNModel, toNetwork } from './rnn-model.js';

/** A network near its rest under a constant input: small changes obey δh⁺ = D W δh + D F δx, δy = C δh. */
export interface Linearisation extends RNNModel {
  /** D W, with D = diag σ'. */
  readonly W: number[][];
  /** [inputDim, units], of D F. */
  readonly kernel: number[][];
  readonly readout: number[][];
  readonly activation: 'linear';
  /** h* = σ(W h* + F x + b). */
  readonly state: number[];
  /** σ' at rest, the diagonal of D. */
  readonly slopes: number[];
  /** Of D W: what the input-output map shows of the transition. */
  readonly eigenvalues: Complex[];
}

/**
 * The linearisation about the rest state under a constant input.
 *
 * Of two networks with one input-output map, the linearisations have one too; if both are minimal, their eigenvalues are
 * equal. With a smooth increasing activation these are always in sight, and so is the step from ‖W‖ < 1 to an orthogonal
 * W: this is why no orthogonal network matches some contractive ones (Emami et al., NeurIPS 2019, Theorem 4.1). ReLU hides
 * the eigenvalues of units that are off.
 *
 * @param options.input x [inputDim]; zero when absent.
 * @param options.iterations most steps towards rest.
 * @throws EquivalenceError when the state does not come to rest to 1e-14, or x is bad.
 */
export function linearise(
  model: RNNModel,
  options: { input?: VectorLike; iterations?: number } = {},
): Linearisation {
  const where = 'linearise';
  checkOptions(where, options, { input: true, iterations: true });
  const { input, iterations = 100_000 } = options;
  const network = toNetwork(where, model);
  const { W, kernel, readout, sigma } = network;
  checkCounts(where, { iterations });
  const x = input === undefined ? kernel.map(() => 0) : toVector(where, 'input', input, kernel.length);
  let state = network.initialState;
  for (let step = 0, change = Infinity; change > 1e-14 * (1 + Math.hypot(...state)); step++) {
    const next = nextState(network, state, x);
    change = Math.hypot(...next.map((entry, i) => entry - state[i]!));
    state = next;
    if (step >= iterations || Number.isNaN(change)) {
      const fix = 'Give a contraction, or more iterations when ‖W‖ is close to 1.';
      throw new EquivalenceError(where, `rest within ${iterations} steps`, `a change of ${change}`, fix);
    }
  }
  const slopes = preActivation(network, state, x).map((z) => sigma.derivative(z));
  const transition = W.map((row, i) => row.map((entry) => slopes[i]! * entry));
  return {
    W: transition,
    kernel: kernel.map((row) => row.map((entry, i) => slopes[i]! * entry)),
    readout,
    activation: 'linear',
    ...{ state, slopes, eigenvalues: eigenvalues(transition) },
  };
}
